import { cliffsDelta } from './effect-size.ts';
import { type PermutationEffort, permutationTest, smallestPermutationP } from './permutation-test.ts';
import { studentTTail } from './student-t-tail.ts';

/** Whether two sides differ, from one number for each boot. */
export interface LocationTest {
  /** One-sided, in the direction seen. */
  readonly pValue: number;
  /** Whether that direction is upwards from base to current. */
  readonly isHigher: boolean;
  readonly method: 'permutation' | 'welch-t';
}

/** With two boots a side, one of them an accident is half of all that is known. */
export const MIN_BOOTS_TO_TEST = 3;
/** As for permutations: no latency is measured to a billionth. */
const LEAST_VARIANCE = 1e-18;

/**
 * A permutation test where its smallest p-value could reach the level for the direction seen. With fewer boots it could never decide: five against
 * five have 252 permutations. Then a Welch t test decides, if every boot of one side lies beyond all of the other.
 *
 * Assumption of the latter: boots scatter like a normal distribution around their location. Evidence: the simulation that
 * `npm run bench:gate` prints, for five boots a side on normal, lognormal and spiky noise. Limit: a latency with two modes,
 * each narrow and equally likely, puts five boots into the one and five into the other twice in a thousand times.
 */
export function locationTest(
  base: Float64Array,
  current: Float64Array,
  levelOf: (isHigher: boolean) => number,
  effort: PermutationEffort,
): LocationTest {
  const isHigher = mean(current) > mean(base);
  const few = { isHigher, method: 'welch-t' } as const;
  if (Math.min(base.length, current.length) < MIN_BOOTS_TO_TEST) return { ...few, pValue: 1 };
  const isApart = Math.abs(cliffsDelta(base, current)) === 1;
  const smallest = smallestPermutationP(base.length, current.length);
  if (smallest > levelOf(isHigher)) {
    return { ...few, pValue: isApart ? welchTest(base, current) : permutationTest(base, current, effort) };
  }
  // With sides of the same size no other permutation has means as far apart, and t grows with their distance.
  const isKnown = isApart && base.length === current.length;
  return { isHigher, method: 'permutation', pValue: isKnown ? smallest : permutationTest(base, current, effort) };
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
