import type { OperationName } from '../../harness/vocabulary.ts';
import type { OperationPart, VariantPart } from './report-model.ts';
import type { SampleRow } from './sample-row.ts';

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

/** A sample that belongs in charts of latencies. */
export type GoodSample = SampleRow & { readonly latencyMs: number };

/**
 * Good samples of measured passes. A plug during the boot has a latency, too, but of waiting for the guest to boot: what
 * becomes of it has a chart of its own.
 */
export function isGood(sample: SampleRow): sample is GoodSample {
  return !sample.warmup && sample.latencyMs !== undefined && sample.offsetMs === undefined;
}

/** A sample of a measured pass that was tried, and ended in a way that its scenario does not accept. */
export function hasFailed({ warmup, offsetMs, outcome, isExpected }: SampleRow): boolean {
  return !warmup && offsetMs === undefined && outcome !== 'aborted' && !isExpected;
}

/** The parts of a variant about an operation: one, or one for each device. */
export function partsOf({ operations }: VariantPart, operation: OperationName): readonly OperationPart[] {
  return operations.filter((part) => part.operation === operation);
}
