import type { Deletion, ObserverLog } from './observer-log.ts';
import type { TraceEvent } from './qemu-trace.ts';
import { monotonicOf } from './wall-clock.ts';

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
