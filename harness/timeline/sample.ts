import type { Accelerator } from '../qemu/command-line.ts';
import type { AnalysedOperation, Burst } from './analyse.ts';
import type { Outcome } from './conclusion.ts';
import type { LossKind } from './loss-kinds.ts';
import type { Phase } from './phase.ts';
import type { BootMode, Clock, OperationName } from './recording.ts';

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
  /** What every time of this boot is counted on. */
  readonly clock: Clock;
  /** Number of the boot among those of its variant, from 1; 0 for one that was only saved for the others. */
  readonly boot: number;
  readonly bootMode: BootMode;
  /** How many machines ran side by side, this one included. */
  readonly jobs: number;
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
  /** Whether the scenario accepts this outcome; `ok` alone where it says nothing. */
  readonly expected: boolean;
  /** For a plug during the boot: milliseconds after `cont`. */
  readonly offsetMs?: number;
  /** Present for an operation that others overlapped. */
  readonly burst?: Burst;
  /** On the virtual clock: what the operation took on the host's, in milliseconds; there is nothing to learn from it. */
  readonly wallMs?: number;
  /** Of the start on the boot's clock, in milliseconds since its recording began. */
  readonly startMs: number;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
  /** Place in the run's order of execution, from 1. */
  readonly order: number;
  readonly detail: string;
  /** What was lost that it depends on (loss-kinds.ts). */
  readonly losses: readonly LossKind[];
  /** Where the latency went. Empty for an operation that failed. */
  readonly phases: readonly Phase[];
}

/** `recordingStart` is the wall-clock time of the recording's zero. */
export function sampleOf(
  boot: BootIdentity,
  { judged, phases, burst, losses }: AnalysedOperation,
  recordingStart: Date,
  order: number,
): Sample {
  const { operation, outcome, latencyMs, offsetMs, wallMs, detail } = judged;
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
    expected: (operation.expected ?? ['ok']).includes(outcome),
    ...(offsetMs !== undefined && { offsetMs }),
    ...(burst && { burst }),
    ...(wallMs !== undefined && { wallMs }),
    startMs: judged.startedAtMs,
    startedAt: new Date(recordingStart.getTime() + (judged.hostStartMs ?? judged.startedAtMs)),
    order,
    detail,
    losses,
    phases,
  };
}
