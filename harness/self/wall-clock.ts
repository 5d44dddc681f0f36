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
