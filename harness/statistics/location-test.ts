import { cliffsDelta } from './effect-size.ts';
import { type PermutationEffort, permutationTest, smallestPermutationP } from './permutation-test.ts';
import { squaresAround, type Variance } from './shrunken-variance.ts';
import { studentTTail } from './student-t-tail.ts';

/** Whether two sides differ, from one number for each boot. */
export interface LocationTest {
  /** One-sided, in the direction seen. */
  readonly pValue: number;
  /** Whether that direction is upwards from base to current. */
  readonly isHigher: boolean;
  /**
   * `permutation`: boots exchanged between the sides. `t`: so few boots that no permutation could decide. `between-runs`: the
   * sides are different runs (`run-difference.ts`).
   */
  readonly method: 'permutation' | 't' | 'between-runs';
  /** Of the difference of the sides' means. */
  readonly error: DifferenceError;
}

/** How well a difference is known. */
export interface DifferenceError {
  readonly standardError: number;
  readonly degrees: number;
}

/**
 * With fewer boots a latency that has two modes, each in every other boot, has all boots of one side in the one and all of the
 * other in the other too often: with four a side in 0.8 % of comparisons of one such latency, with five in 0.2 %.
 */
export const MIN_BOOTS_TO_TEST = 5;
/** As for permutations: no latency is measured to a billionth. */
const LEAST_VARIANCE = 1e-18;

/**
 * A permutation test where its smallest p-value could reach the level for the direction seen. With fewer boots it could
 * never decide: five against five have 252 permutations. Then Student's t test decides, if every boot of one side lies
 * beyond all of the other.
 *
 * Assumption of the latter: boots scatter like a normal distribution around their location, by `variance`, which is drawn
 * towards that of the other metrics compared. Evidence: the simulation that `npm run bench:gate` prints, for five boots a
 * side on normal, lognormal, spiky and two-moded noise. Limit: a latency with two modes among others that have one.
 *
 * @param variance of single boots
 */
export function locationTest(
  base: Float64Array,
  current: Float64Array,
  levelOf: (isHigher: boolean) => number,
  effort: PermutationEffort,
  variance: Variance = pooledVariance(base, current),
): LocationTest {
  const isHigher = mean(current) > mean(base);
  const error = {
    standardError: Math.sqrt(variance.variance * (1 / base.length + 1 / current.length)),
    degrees: variance.degrees,
  };
  const few = { isHigher, method: 't', error } as const;
  if (Math.min(base.length, current.length) < MIN_BOOTS_TO_TEST) return { ...few, pValue: 1 };
  const isApart = Math.abs(cliffsDelta(base, current)) === 1;
  const smallest = smallestPermutationP(base.length, current.length);
  if (smallest > levelOf(isHigher)) {
    const ofMeans = studentTTail((mean(current) - mean(base)) / error.standardError, error.degrees) / 2;
    return { ...few, pValue: isApart ? ofMeans : permutationTest(base, current, effort) };
  }
  // With sides of the same size no other permutation has means as far apart, and t grows with their distance.
  const isKnown = isApart && base.length === current.length;
  const pValue = isKnown ? smallest : permutationTest(base, current, effort);
  return { isHigher, method: 'permutation', error, pValue };
}

/** What boots scatter around the mean of their own side. */
export function pooledVariance(base: Float64Array, current: Float64Array): Variance {
  const degrees = Math.max(1, base.length + current.length - 2);
  return { variance: Math.max(LEAST_VARIANCE, (squaresAround(base) + squaresAround(current)) / degrees), degrees };
}

/** One-sided p-value of Welch's t test (Welch 1947, Biometrika 34). Both sides have two members or more. */
export function welchTest(base: Float64Array, current: Float64Array): number {
  const [a, b] = [meanWithError(base), meanWithError(current)];
  const variance = a.errorSquared + b.errorSquared;
  const degrees =
    variance ** 2 / (a.errorSquared ** 2 / (base.length - 1) + b.errorSquared ** 2 / (current.length - 1));
  return studentTTail((b.mean - a.mean) / Math.sqrt(variance), degrees) / 2;
}

function meanWithError(values: Float64Array): { readonly mean: number; readonly errorSquared: number } {
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return { mean: centre, errorSquared: Math.max(LEAST_VARIANCE, variance) / values.length };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
