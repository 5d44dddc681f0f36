import type { LatencyComparison, PracticalThreshold, Verdict } from './comparison.ts';
import { bootsNeeded, type MedianDifference } from './ratio-interval.ts';

/**
 * Probability that a comparison without any change says `regressed`, `improved` or `failing` of any of its metrics: so far
 * below the one in a hundred that is promised that two thousand simulated comparisons keep the promise, too, and so that
 * `EVERY_BOOT_FAILS` has room beside the tests.
 */
export const FAMILY_ERROR = 0.006;
/**
 * Share of it that is spent on slower metrics, because those are what somebody waits to hear of: five of six false alarms
 * say `regressed` (weighted Bonferroni: Genovese, Roeder and Wasserman 2006, Biometrika 93).
 */
const SLOWER_SHARE = 5 / 6;

/** The share that a one-sided test in this direction may spend. */
export function shareOfError(isSlower: boolean): number {
  return isSlower ? SLOWER_SHARE : 1 - SLOWER_SHARE;
}

/** What a judgement rests on. */
export interface Evidence {
  readonly latency: Pick<LatencyComparison, 'adjustedPValue'>;
  /** Direction of the test, which is that of the boots' locations. */
  readonly isSlower: boolean;
  readonly medians: MedianDifference;
  readonly baseMedianMs: number;
  readonly threshold: PracticalThreshold;
  /** Boots of the side that has fewer. */
  readonly boots: number;
  /** Level of a single test among all of the comparison. */
  readonly level: number;
}

export interface Judgement {
  readonly verdict: Extract<Verdict, 'regressed' | 'improved' | 'unchanged' | 'inconclusive'>;
  /** `inconclusive` only, and where there is an interval to tell it from. */
  readonly moreBoots?: number;
}

/** The one place that decides what a difference of latencies comes to. */
export function judge({ latency, isSlower, medians, baseMedianMs, threshold, boots, level }: Evidence): Judgement {
  const { ratio } = medians;
  const least = leastRelativeChange(threshold, baseMedianMs);
  const isBeyondThreshold = isSlower ? ratio.value > 1 + least : ratio.value < 1 - least;
  if (latency.adjustedPValue <= FAMILY_ERROR && isBeyondThreshold) {
    return { verdict: isSlower ? 'regressed' : 'improved' };
  }
  if (ratio.ci95 && ratio.ci95[0] >= 1 - least && ratio.ci95[1] <= 1 + least) return { verdict: 'unchanged' };
  const needed = bootsNeeded(boots, medians, Math.log1p(least), level);
  return { verdict: 'inconclusive', ...(needed !== undefined && { moreBoots: Math.max(1, needed - boots) }) };
}

/** The change that has to be exceeded, as a share of the base's median. */
export function leastRelativeChange({ relative, absoluteMs }: PracticalThreshold, baseMedianMs: number): number {
  return Math.max(relative, absoluteMs / baseMedianMs);
}
