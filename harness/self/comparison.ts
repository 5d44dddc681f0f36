import type { ObservedOperation } from './observed-operations.ts';
import type { RecordedOperation } from './recorded-operations.ts';

/** A recorded latency held against the same interval as observed. All in milliseconds; positive: recorded as longer. */
export interface Difference {
  readonly operation: ObservedOperation['operation'];
  /** Recorded less observed. It is the sum of the next two. */
  readonly differenceMs: number;
  /** From "about to be written" in the harness until QEMU had read the command. */
  readonly atStartMs: number;
  /** The harness's end less the observer's. */
  readonly atEndMs: number;
  /** Recorded less the interval by QEMU's own stamps at both ends. */
  readonly toQemuMs: number;
}

/** Two operations of the same kind on the same device are at least two of the runner's settling times of 100 ms apart. */
const SAME_START_MS = 100;

/** Pairs operations by kind, device and start. An operation that only one side has seen is left out. */
export function compare(
  recorded: readonly RecordedOperation[],
  observed: readonly ObservedOperation[],
): readonly Difference[] {
  return recorded.flatMap((own) => {
    const other = observed.find(
      ({ operation, deviceId, startMs }) =>
        operation === own.operation && deviceId === own.deviceId && Math.abs(startMs - own.startMs) < SAME_START_MS,
    );
    if (!other) return [];
    const latencyMs = own.endMs - own.startMs;
    return [
      {
        operation: other.operation,
        differenceMs: latencyMs - (other.endMs - other.startMs),
        atStartMs: other.startMs - own.startMs,
        atEndMs: own.endMs - other.endMs,
        toQemuMs: latencyMs - (other.qemuEndMs - other.startMs),
      },
    ];
  });
}
