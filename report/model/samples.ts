import type { Sample } from '../../harness/vocabulary.ts';
import type { SampleRow } from './sample-row.ts';

/** A sample with the names of what it belongs to. */
export interface NamedSample {
  readonly scenario: string;
  readonly variantName: string;
  /** Kind of the device; empty for boots. */
  readonly device: string;
  readonly sample: Omit<SampleRow, 'variant'>;
}

/** What a report and an export tell of a sample. */
export function namedSample({ scenario, variant, device, expected, startedAt, ...sample }: Sample): NamedSample {
  const { operation, boot, bootMode, clock, cycle, sequence, deviceId, outcome, latencyMs, order } = sample;
  const { detail, warmup, offsetMs } = sample;
  return {
    ...{ scenario, variantName: variant, device },
    sample: {
      ...{ operation, boot, bootMode, clock, cycle, sequence, deviceId, outcome, latencyMs, order, detail, warmup },
      startedAt: startedAt.toISOString(),
      isExpected: expected,
      offsetMs,
    },
  };
}
