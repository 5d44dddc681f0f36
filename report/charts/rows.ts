import type { OperationName } from '../../harness/timeline/recording.ts';
import type { OperationPart, SampleRow, VariantPart } from '../model/report-model.ts';

/** How a row of a chart, or of a table, is named: the variant, with the device, and how it booted, where there are several. */
export function rowLabel({ label, operations }: VariantPart, { operation, deviceId, bootMode }: OperationPart): string {
  const hasBothModes = operations.some((other) => other.operation === operation && other.bootMode !== bootMode);
  return [label, ...(deviceId === '' ? [] : [deviceId]), ...(hasBothModes ? [`(${bootMode})`] : [])].join(' ');
}

/** Where a sample belongs among the rows of its variant and operation. */
export function rowOfSample(variant: VariantPart, sample: SampleRow): string {
  const part = variant.operations.find((one) => isAbout(one, sample));
  return part ? rowLabel(variant, part) : variant.label;
}

/** Whether a part's figures are made from a sample of its variant. */
export function isAbout({ operation, deviceId, bootMode }: OperationPart, sample: SampleRow): boolean {
  return (
    operation === sample.operation && (deviceId === '' || deviceId === sample.deviceId) && bootMode === sample.bootMode
  );
}

/** The parts of a variant about an operation: one, or one for each device. */
export function partsOf({ operations }: VariantPart, operation: OperationName): readonly OperationPart[] {
  return operations.filter((part) => part.operation === operation);
}
