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

/** A single night out of line, or two, are not a level: so many have to lie on the new one's side of the middle. */
export const MIN_SEGMENT = 3;
/** A step that has not been found in a month of nights is for a person to look at in the chart. */
const MAX_NEW_POINTS = 30;
/** Below three standard errors no level in use is reached, and the p-value is not worth computing. */
const LEAST_T_SQUARED = 9;

/**
 * The split with the largest weighted two-sample t, for all sizes of the newer part from `MIN_SEGMENT` on; undefined when
 * there is none of interest. One pass, from sums: what the means explain of the sum of squares gives t.
 */
export function clearestSplit({ values, weights, size }: RobustWindow): Split | undefined {
  if (size < 2 * MIN_SEGMENT) return undefined;
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
  const tSquared = ((size - 2) * best) / Math.max(spread - best, Number.EPSILON * spread);
  if (tSquared < LEAST_T_SQUARED) return undefined;
  return { newPoints, isRise, pValue: studentTTail(Math.sqrt(tSquared), size - 2) };
}

function countBeyond(values: Float64Array, middle: number, isRise: boolean): number {
  return values.reduce((count, value) => ((isRise ? value > middle : value < middle) ? count + 1 : count), 0);
}
