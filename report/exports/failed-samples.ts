import type { NamedSample } from '../model/samples.ts';
import type { ExportedRun, OperationKey } from './export-format.ts';

/** Operations that failed although the scenario does not expect them to, warm-up passes included. */
export function failedSamples(
  { files }: ExportedRun,
  { scenario, variant, operation, device_id: deviceId }: OperationKey,
): readonly NamedSample['sample'][] {
  return files.samples.flatMap(({ scenario: ofScenario, variantName, sample }) =>
    ofScenario === scenario &&
    variantName === variant &&
    sample.operation === operation &&
    (deviceId === '' || sample.deviceId === deviceId) &&
    sample.outcome !== 'ok' &&
    !sample.isExpected
      ? [sample]
      : [],
  );
}

/** A failure in one line, for a person. */
export function failureText({ outcome, boot, cycle, deviceId, detail }: NamedSample['sample']): string {
  const place = [`boot ${boot}`, ...(cycle === 0 ? [] : [`cycle ${cycle}`]), ...(deviceId === '' ? [] : [deviceId])];
  return `${outcome}: ${place.join(', ')}: ${detail.replaceAll(/\s*[\r\n]+\s*/g, '; ')}`;
}
