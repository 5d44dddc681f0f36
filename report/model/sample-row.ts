import type { BootMode, OperationName } from '../../harness/vocabulary.ts';

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
