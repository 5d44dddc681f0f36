import type { WallClockTie } from './wall-clock.ts';

/** In the observer's directory: a QEMU's second monitor, and what came from it; before it, QEMU's process id. */
export const MONITOR_SUFFIX = '.sock';
export const OBSERVER_LOG_SUFFIX = '.jsonl';

/** What the observer writes down of one QEMU, a line of JSON each. */
export type ObserverLine =
  /** First and last line. */
  | { readonly tie: WallClockTie }
  /** `atMs`: when the message reached the observer, on the monotonic clock. */
  | { readonly atMs: number; readonly message: unknown };

/** A device QEMU has deleted, as the second monitor heard it. */
export interface Deletion {
  readonly deviceId: string;
  /** When the event reached the observer, on the monotonic clock, in milliseconds. */
  readonly atMs: number;
  /** When QEMU made the event, by its own stamp: wall clock, in milliseconds since 1970 (resolution 1 µs). */
  readonly wallMs: number;
}

export interface ObserverLog {
  readonly ties: readonly [before: WallClockTie, after: WallClockTie];
  readonly deletions: readonly Deletion[];
}

interface DeviceDeleted {
  readonly event?: string;
  readonly data?: { readonly device?: string };
  readonly timestamp?: { readonly seconds: number; readonly microseconds: number };
}

/** Reads what the observer wrote about one QEMU. Undefined when it was not there from the first to the last. */
export function parseObserverLog(text: string): ObserverLog | undefined {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ObserverLine);
  const [before, after, ...others] = lines.flatMap((line) => ('tie' in line ? [line.tie] : []));
  if (!before || !after || others.length > 0) return undefined;
  const deletions = lines.flatMap((line) => {
    if ('tie' in line) return [];
    const { event, data, timestamp } = line.message as DeviceDeleted;
    if (event !== 'DEVICE_DELETED' || data?.device === undefined || !timestamp) return [];
    const wallMs = timestamp.seconds * 1e3 + timestamp.microseconds / 1e3;
    return [{ deviceId: data.device, atMs: line.atMs, wallMs }];
  });
  return { ties: [before, after], deletions };
}
