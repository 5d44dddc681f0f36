/**
 * Probabilities that a comparison without any change says of any of its metrics that it has changed. Together, with what
 * `virtual-gate.ts` spends, they stay below the one in a hundred that is promised. Each kind of question has its own share,
 * corrected for all metrics (Holm), so that a comparison of many latencies does not hide that operations fail.
 */
export const ERROR_BUDGET = {
  /** `regressed` and `improved` by where the latencies lie. */
  latency: 0.004,
  /** `failing` because operations fail. */
  failures: 0.0015,
  /** `failing` because operations miss their deadline. */
  deadlines: 0.001,
  /** `regressed` because more samples are slow. */
  slow: 0.0005,
} as const;

/**
 * Share of the latencies' error that is spent on slower metrics, because those are what somebody waits to hear of: five of
 * six false alarms say `regressed` (weighted Bonferroni: Genovese, Roeder and Wasserman 2006, Biometrika 93).
 */
const SLOWER_SHARE = 5 / 6;

/** The share that a one-sided test in this direction may spend. */
export function shareOfError(isSlower: boolean): number {
  return isSlower ? SLOWER_SHARE : 1 - SLOWER_SHARE;
}
