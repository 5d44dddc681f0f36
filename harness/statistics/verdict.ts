import type { BetweenRuns } from './between-runs.ts';
import type { PracticalThreshold, Verdict } from './comparison.ts';
import { ERROR_BUDGET, shareOfError } from './error-budget.ts';
import { type DifferenceError, type LocationTest, MIN_BOOTS_TO_TEST } from './location-test.ts';
import { type Compared, fewestBoots } from './metric-tests.ts';
import { differenceError } from './run-difference.ts';
import { upperVariance, type Variance } from './shrunken-variance.ts';
import type { Statistic } from './statistic.ts';
import { oneSidedT } from './student-t-tail.ts';

/** Of ten changes as large as the one looked for, eight are to be found. */
const POWER = 0.8;
/** A machine is not booted more often than this to find a change. */
const MOST_BOOTS = 1000;

/** What a judgement rests on. */
export interface Evidence {
  readonly adjustedPValue: number;
  readonly test: LocationTest;
  /** Of the medians. */
  readonly ratio: Statistic;
  readonly baseMedianMs: number;
  readonly threshold: PracticalThreshold;
  /** Level of a single test among all of the comparison. */
  readonly level: number;
  /** The change that is not to be missed, as a share. */
  readonly detect: number;
}

/** The one place that decides what a difference of latencies comes to. */
export function judge(evidence: Evidence): Extract<Verdict, 'regressed' | 'improved' | 'unchanged' | 'undecided'> {
  const { adjustedPValue, test, ratio, baseMedianMs, threshold, level, detect } = evidence;
  const least = leastRelativeChange(threshold, baseMedianMs);
  const isBeyondThreshold = test.isHigher ? ratio.value > 1 + least : ratio.value < 1 - least;
  if (adjustedPValue <= ERROR_BUDGET.latency && isBeyondThreshold) return test.isHigher ? 'regressed' : 'improved';
  const isWithin = (share: number) =>
    ratio.ci95 !== undefined && ratio.ci95[0] >= 1 / (1 + share) && ratio.ci95[1] <= 1 + share;
  const wouldBeFound = detectableRatio(test.error, level) <= 1 + Math.max(least, detect);
  return isWithin(least) || (wouldBeFound && isWithin(Math.max(least, detect))) ? 'unchanged' : 'undecided';
}

/** The change that has to be exceeded, as a share of the base's median. */
export function leastRelativeChange({ relative, absoluteMs }: PracticalThreshold, baseMedianMs: number): number {
  return Math.max(relative, absoluteMs / baseMedianMs);
}

/**
 * The smallest slowdown that a one-sided test at this level finds with the power above, as a ratio (Chow, Shao and Wang
 * 2008, Sample Size Calculations, 3.2, with t for both parts).
 */
export function detectableRatio({ standardError, degrees }: DifferenceError, level: number): number {
  return Math.exp((oneSidedT(level * shareOfError(true), degrees) + oneSidedT(1 - POWER, degrees)) * standardError);
}

/**
 * Boots that each side needs in all for such a change to be found; undefined where no number would do, because single runs of
 * the same thing differ too much.
 */
export function bootsToFind(
  detect: number,
  level: number,
  ofBoots: Variance,
  between: BetweenRuns | undefined,
  runs: readonly [base: number, current: number] = [1, 1],
): number | undefined {
  const isEnough = (boots: number) => detectableWith(boots, level, ofBoots, between, runs) <= 1 + detect;
  if (!isEnough(MOST_BOOTS)) return undefined;
  let [low, high] = [1, MOST_BOOTS];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The smallest slowdown that two sides of so many boots show in four of five comparisons, as a ratio. */
export function detectableWith(
  boots: number,
  level: number,
  ofBoots: Variance,
  between: BetweenRuns | undefined,
  runs: readonly [base: number, current: number] = [1, 1],
): number {
  return detectableRatio(errorWith(boots, ofBoots, between, runs), level);
}

function errorWith(
  boots: number,
  ofBoots: Variance,
  between: BetweenRuns | undefined,
  runs: readonly [number, number],
): DifferenceError {
  // The spread between boots is taken to stay as it is, and to be known better with more of them.
  const single = { variance: ofBoots.variance, degrees: Math.max(ofBoots.degrees, 2 * boots - 2) };
  if (!between) return { standardError: Math.sqrt((2 * single.variance) / boots), degrees: single.degrees };
  const [base, current] = runs;
  const sides = [
    { boots, runs: base },
    { boots, runs: current },
  ] as const;
  return differenceError(sides, between, single);
}

/** An estimate from few boots is too low as often as too high: boots are advised that are enough in four of five cases. */
const ENOUGH = 0.8;

/** Boots more on each side until the change asked for would be found; undefined where no number would do. */
export function moreBootsFor(pair: Compared, ofBoots: Variance, level: number, detect: number): number | undefined {
  const { base, current, betweenRuns } = pair;
  const careful = { ...ofBoots, variance: upperVariance(ofBoots, ENOUGH) };
  const needed = bootsToFind(detect, level, careful, betweenRuns, [base.runs, current.runs]);
  return needed === undefined ? undefined : Math.max(1, Math.max(MIN_BOOTS_TO_TEST, needed) - fewestBoots(pair));
}
