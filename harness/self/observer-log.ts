/** A moment read on both of the host's clocks, in milliseconds, to within `uncertaintyMs`. */
export interface WallClockTie {
  /** CLOCK_MONOTONIC: `process.hrtime`, the same in every process of the host. */
  readonly monotonicMs: number;
  /** CLOCK_REALTIME since 1970, as QEMU stamps its events and its trace. */
  readonly wallMs: number;
  readonly uncertaintyMs: number;
}

/** The tightest of so many is kept: the others were interrupted. Each takes up to a millisecond of one CPU. */
const ATTEMPTS = 20;

/**
 * Reads both clocks at once. Node shows the wall clock in whole milliseconds only, so this waits for the moment in which
 * it turns over: at that moment it is exact, and two readings of the monotonic clock enclose it.
 */
export function tieWallClock(): WallClockTie {
  const ties = Array.from({ length: ATTEMPTS }, turnover);
  return ties.reduce((best, tie) => (tie.uncertaintyMs < best.uncertaintyMs ? tie : best));
}

function turnover(): WallClockTie {
  const from = Date.now();
  let before = process.hrtime.bigint();
  for (;;) {
    const wallMs = Date.now();
    const after = process.hrtime.bigint();
    const uncertaintyMs = Number(after - before) / 2e6;
    if (wallMs !== from) return { wallMs, monotonicMs: Number(before) / 1e6 + uncertaintyMs, uncertaintyMs };
    before = after;
  }
}

/** How far the wall clock was slewed or stepped against the monotonic one between two ties, in milliseconds. */
export function wallClockDriftMs(before: WallClockTie, after: WallClockTie): number {
  return after.wallMs - before.wallMs - (after.monotonicMs - before.monotonicMs);
}

/** Monotonic time of a wall-clock time between two ties: on the line through both, so that a slewed clock is followed. */
export function monotonicOf(wallMs: number, before: WallClockTie, after: WallClockTie): number {
  const share = after.wallMs > before.wallMs ? (wallMs - before.wallMs) / (after.wallMs - before.wallMs) : 0;
  return wallMs - before.wallMs + before.monotonicMs - share * wallClockDriftMs(before, after);
}

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
