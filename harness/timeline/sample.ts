import type { Accelerator } from '../qemu/command-line.ts';
import type { AnalysedOperation } from './analyse.ts';
import type { Outcome } from './conclusion.ts';
import type { Phase } from './phase.ts';
import type { OperationName } from './recording.ts';

/** What all samples of one boot have in common. */
export interface BootIdentity {
  readonly runId: string;
  readonly scenario: string;
  readonly variant: string;
  readonly topology: string;
  readonly controller: string;
  /** The guest kernel's release. */
  readonly kernel: string;
  readonly accelerator: Accelerator;
  /** Number of the boot among those of its variant, from 1. */
  readonly boot: number;
}

/** One operation's result: a row of `samples.csv`. */
export interface Sample extends BootIdentity {
  readonly cycle: number;
  readonly warmup: boolean;
  readonly sequence: number;
  readonly operation: OperationName;
  readonly device: string;
  readonly deviceId: string;
  readonly outcome: Outcome;
  /** Present when, and only when, the outcome is `ok`. */
  readonly latencyMs?: number;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
  /** Place in the run's order of execution, from 1. */
  readonly order: number;
  readonly detail: string;
  /** Where the latency went. Empty for an operation that failed. */
  readonly phases: readonly Phase[];
}

/** `recordingStart` is the wall-clock time of the recording's zero. */
export function sampleOf(
  boot: BootIdentity,
  { judged, phases }: AnalysedOperation,
  recordingStart: Date,
  order: number,
): Sample {
  const { operation, outcome, latencyMs, detail } = judged;
  return {
    ...boot,
    cycle: operation.cycle,
    warmup: operation.warmup,
    sequence: operation.sequence,
    operation: operation.operation,
    device: operation.device ?? '',
    deviceId: operation.deviceId ?? '',
    outcome,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    startedAt: new Date(recordingStart.getTime() + judged.startedAtMs),
    order,
    detail,
    phases,
  };
}
