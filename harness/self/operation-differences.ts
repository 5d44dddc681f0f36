import { qmpStampMs } from '../qemu/qmp-messages.ts';
import { outcomesOf } from '../timeline/analyse.ts';
import { conclusionOf } from '../timeline/conclusion.ts';
import { type RecordedEvent, receivedQmpEvent } from '../timeline/recording.ts';
import type { OperationName } from '../vocabulary.ts';
import type { TraceEvent } from './observed-qemu.ts';
import type { Deletion, ObserverLog } from './observer-log.ts';
import { monotonicOf } from './observer-log.ts';

/** A good operation as the harness recorded it. Times are milliseconds on the monotonic clock. */
export interface RecordedOperation {
  readonly operation: OperationName;
  readonly deviceId: string | undefined;
  /** The command was about to be written. */
  readonly startMs: number;
  /** `startMs` and the latency: by the guest's own clock for a boot and a plug, by arrival for an unplug. */
  readonly endMs: number;
  /** What ended it reached the harness. */
  readonly arrivedMs: number;
  /** QEMU's own stamp in the event that ended it, where there is one: wall clock, milliseconds since 1970. */
  readonly stampedWallMs: number | undefined;
  /** How far the guest's clock may be off here; absent where it was not read. */
  readonly clockUncertaintyMs: number | undefined;
}

/** `originMs`: the recording's zero on the monotonic clock. */
export function recordedOperations(events: readonly RecordedEvent[], originMs: number): readonly RecordedOperation[] {
  return outcomesOf(events).flatMap(({ operation, latencyMs, startedAtMs, clockUncertaintyMs }) => {
    const end = events.find((e) => e.atMs >= startedAtMs && conclusionOf(operation, e)?.outcome === 'ok');
    if (latencyMs === undefined || !end) return [];
    return [
      {
        operation: operation.operation,
        deviceId: operation.deviceId,
        startMs: originMs + startedAtMs,
        endMs: originMs + startedAtMs + latencyMs,
        arrivedMs: originMs + end.atMs,
        stampedWallMs: stampOf(end),
        clockUncertaintyMs,
      },
    ];
  });
}

function stampOf(event: RecordedEvent): number | undefined {
  const message = receivedQmpEvent(event)?.message;
  return message && qmpStampMs(message);
}

/** A plug or an unplug as it was seen from outside the harness. Times are milliseconds on the monotonic clock. */
export interface ObservedOperation {
  readonly operation: 'plug' | 'unplug';
  readonly deviceId: string;
  /** QEMU had read the command (its trace). */
  readonly startMs: number;
  /**
   * Unplug: DEVICE_DELETED reached the observer over the second monitor. Plug: QEMU had completed the guest's first read
   * of one sector (its trace), which is the agent's test of "usable"; the partition scan reads whole pages.
   */
  readonly endMs: number;
  /** The same end by QEMU's own stamp: in the event for an unplug, in the trace for a plug. */
  readonly qemuEndMs: number;
}

const OPERATION_OF: Readonly<Record<string, ObservedOperation['operation']>> = {
  device_add: 'plug',
  device_del: 'unplug',
};

/** Every operation that has both its ends, in order. A command's end is looked for before the next such command. */
export function observedOperations(trace: readonly TraceEvent[], log: ObserverLog): readonly ObservedOperation[] {
  const toMonotonic = (wallMs: number) => monotonicOf(wallMs, ...log.ties);
  const starts = trace.flatMap((event, index) => {
    if (event.kind !== 'command' || event.deviceId === undefined) return [];
    const operation = OPERATION_OF[event.execute];
    return operation ? [{ index, operation, deviceId: event.deviceId, startMs: toMonotonic(event.wallMs) }] : [];
  });
  return starts.flatMap(({ index, ...start }, position) => {
    const next = starts[position + 1];
    if (start.operation === 'plug') {
      const wallMs = firstSectorReadMs(trace.slice(index, next?.index));
      if (wallMs === undefined) return [];
      const endMs = toMonotonic(wallMs);
      return [{ ...start, endMs, qemuEndMs: endMs }];
    }
    const deleted = log.deletions.find((one) => isWithin(one, start, next?.startMs ?? Number.POSITIVE_INFINITY));
    return deleted ? [{ ...start, endMs: deleted.atMs, qemuEndMs: toMonotonic(deleted.wallMs) }] : [];
  });
}

function isWithin(
  { deviceId, atMs }: Deletion,
  start: { readonly deviceId: string; readonly startMs: number },
  untilMs: number,
): boolean {
  return deviceId === start.deviceId && atMs >= start.startMs && atMs < untilMs;
}

/** Wall-clock time at which the first read of one sector from the start of the disk was completed. */
function firstSectorReadMs(trace: readonly TraceEvent[]): number | undefined {
  const begun = trace.findIndex((event) => event.kind === 'read' && event.sector === 0 && event.sectors === 1);
  const read = trace[begun];
  if (read?.kind !== 'read') return undefined;
  return trace.slice(begun).find((event) => event.kind === 'completed' && event.request === read.request)?.wallMs;
}

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
