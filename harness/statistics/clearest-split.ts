import { meanInflation } from './night-dependence.ts';
import type { RobustWindow } from './robust-window.ts';
import { studentTTail } from './student-t-tail.ts';

/** A window cut in two where its parts differ most clearly. */
export interface Split {
  /** Points of the newer part. */
  readonly newPoints: number;
  readonly isRise: boolean;
  /** Two-sided, of this split. */
  readonly pValue: number;
}

/** So many nights make a level: where one in 20 is a spike, four in a row are rarer than what is promised. */
export const MIN_SEGMENT = 4;
/** The scatter of fewer nights is not known well enough to say what is more. */
export const MIN_WINDOW = 10;
/** A step that has not been found in a month of nights is for a person to look at in the chart. */
const MAX_NEW_POINTS = 30;
/** Below four standard errors no level in use is reached, and the p-value is not worth computing. */
const LEAST_T_SQUARED = 16;
/** So many nights of a series' own count as much for its dependence as what is known of its host. */
const HOST_NIGHTS = 100;

/**
 * The split with the largest weighted two-sample t, for all sizes of the newer part from `MIN_SEGMENT` on; undefined when
 * there is none of interest. One pass, from sums: what the means explain of the sum of squares gives t. It is then widened by
 * how much successive nights depend on each other.
 *
 * @param dependence correlation of successive nights on this host
 */
export function clearestSplit({ values, weights, size, scale }: RobustWindow, dependence: number): Split | undefined {
  if (size < MIN_WINDOW) return undefined;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < size; index++) {
    const own = weights[index] as number;
    const value = values[index] as number;
    weight += own;
    sum += own * value;
    squares += own * value * value;
  }
  const spread = squares - (sum * sum) / weight;
  if (spread <= 0) return undefined;

  let best = 0;
  let newPoints = 0;
  let isRise = false;
  let middle = 0;
  let newWeight = 0;
  let newSum = 0;
  const most = Math.min(size - MIN_SEGMENT, MAX_NEW_POINTS);
  for (let count = 1; count <= most; count++) {
    const index = size - count;
    newWeight += weights[index] as number;
    newSum += (weights[index] as number) * (values[index] as number);
    if (count < MIN_SEGMENT) continue;
    const difference = newSum - (sum * newWeight) / weight;
    const explained = (difference * difference * weight) / (newWeight * (weight - newWeight));
    if (explained <= best) continue;
    best = explained;
    newPoints = count;
    isRise = difference > 0;
    middle = (newSum / newWeight + (sum - newSum) / (weight - newWeight)) / 2;
  }
  if (countBeyond(values.subarray(size - newPoints, size), middle, isRise) < MIN_SEGMENT) return undefined;
  // Values that were brought in may all lie on two edges and seem not to scatter: two modes, seen for some nights, would be a step.
  const variance = Math.max((spread - best) / (size - 2), scale ** 2);
  if (best / variance < LEAST_T_SQUARED) return undefined;
  const own = dependenceWithin(values, size, newPoints, ROUNDING * scale ** 2);
  const shared = Math.max(0, Math.min(MOST_DEPENDENCE, (size * own + HOST_NIGHTS * dependence) / (size + HOST_NIGHTS)));
  const widened = inflation(shared, size - newPoints, newPoints);
  // Dependent nights also know their own scatter less well (Bayley and Hammersley 1946, J. R. Stat. Soc. Suppl. 8).
  const degrees = ((size - 2) * (1 - shared ** 2)) / (1 + shared ** 2);
  return { newPoints, isRise, pValue: studentTTail(Math.sqrt(best / variance / widened), degrees) };
}

/** Residuals whose squares are this share of a night's variance are what rounding leaves of nights that do not scatter. */
const ROUNDING = 1e-9;

/** Correlation of successive nights about the means of both parts, without its bias of about -(2 + 4r) / n (Kendall 1954, Biometrika 41). */
function dependenceWithin(values: Float64Array, size: number, newPoints: number, least: number): number {
  const first = size - newPoints;
  const means = [meanOf(values, 0, first), meanOf(values, first, size)] as const;
  let products = 0;
  let squares = 0;
  let before = 0;
  for (let index = 0; index < size; index++) {
    const residual = (values[index] as number) - (index < first ? means[0] : means[1]);
    products += residual * before;
    squares += residual * residual;
    before = residual;
  }
  return squares <= size * least ? 0 : (products / squares + 2 / size) / (1 - 4 / size);
}

/** How much larger the squared standard error of a difference of two means is than that of independent nights with the same scatter. */
function inflation(dependence: number, before: number, after: number): number {
  const [ofBefore, ofAfter] = [meanInflation(dependence, before), meanInflation(dependence, after)];
  const ofDifference = (ofBefore / before + ofAfter / after) / (1 / before + 1 / after);
  // Nights that depend on each other also scatter less about their own mean than they do in the long run.
  const seen = (before + after - ofBefore - ofAfter) / (before + after - 2);
  return ofDifference / Math.max(LEAST_SEEN, seen);
}

const MOST_DEPENDENCE = 0.9;
const LEAST_SEEN = 0.2;

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += values[index] as number;
  return sum / (to - from);
}

function countBeyond(values: Float64Array, middle: number, isRise: boolean): number {
  return values.reduce((count, value) => ((isRise ? value > middle : value < middle) ? count + 1 : count), 0);
}
