import type { BootMode, OperationName, Sample } from '../../harness/vocabulary.ts';

/** A row of `samples.csv`. */
export interface SampleRow {
  /** Index into the scenario's variants. */
  readonly variant: number;
  readonly operation: OperationName;
  readonly boot: number;
  readonly bootMode: BootMode | string;
  readonly clock: string;
  readonly cycle: number;
  readonly sequence: number;
  readonly deviceId: string;
  readonly outcome: string;
  /** Present when, and only when, the outcome is `ok`. */
  readonly latencyMs: number | undefined;
  readonly startedAt: string;
  readonly order: number;
  readonly detail: string;
  readonly warmup: boolean;
  /** Whether the scenario accepts this outcome. */
  readonly isExpected: boolean;
  /** Of a plug during the boot: milliseconds after `cont`. Absent for all others. */
  readonly offsetMs?: number | undefined;
}

/** A 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

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
