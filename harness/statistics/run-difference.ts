import type { BetweenRuns } from './between-runs.ts';
import type { DifferenceError, LocationTest } from './location-test.ts';
import type { Variance } from './shrunken-variance.ts';
import { oneSidedT, studentTTail } from './student-t-tail.ts';

/** One side of a comparison between runs: a number for each boot, on the logarithmic scale. */
export interface RunLevels {
  readonly boots: Float64Array;
  /** Runs that they are of. */
  readonly runs: number;
}

/**
 * One-sided p-value of the difference between two runs, in the direction seen, by Student's t with what boots scatter within
 * a run and what runs of the same thing scatter among themselves (the random effect of a mixed model, whose variance is
 * known beforehand: from the history, or assumed). Boots of one run cannot show the latter, however many they are:
 * exchanging them between the runs takes the scatter of runs for a change.
 *
 * Assumption: levels of runs scatter on the logarithmic scale like a normal distribution.
 * Limit: a run that a rare disturbance spoils as a whole is taken for a change, as often as there are such runs.
 *
 * @param ofBoots what single boots scatter within a run
 */
export function runDifferenceTest(
  base: RunLevels,
  current: RunLevels,
  between: BetweenRuns,
  ofBoots: Variance,
): LocationTest {
  const difference = mean(current.boots) - mean(base.boots);
  const sizeOf = ({ boots, runs }: RunLevels) => ({ boots: boots.length, runs });
  const error = differenceError([sizeOf(base), sizeOf(current)], between, ofBoots);
  return {
    isHigher: difference > 0,
    pValue: studentTTail(difference / error.standardError, error.degrees) / 2,
    method: 'between-runs',
    error,
  };
}

/** Boots of a side in all, and the runs that they are of. */
export interface SideSize {
  readonly boots: number;
  readonly runs: number;
}

/** How well the difference of two sides' levels is known. */
export function differenceError(
  sides: readonly [base: SideSize, current: SideSize],
  between: BetweenRuns,
  ofBoots: Variance,
): DifferenceError {
  const parts = sides.flatMap((side) => partsOfError(side, between, ofBoots));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  // Satterthwaite 1946, Biometrics Bull. 2.
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  return { standardError: Math.sqrt(variance), degrees };
}

/**
 * Of what was learnt from runs, boots are a part; runs with fewer boots than those had scatter more, and with more less. What
 * is left when the boots' part is taken out is known with fewer degrees of freedom (Satterthwaite), so that it is only taken
 * out where that tells more; and what is left is never taken for less than a quarter: the difference of two estimates may
 * come out as nothing where there is something.
 */
const LEAST_SHARE_OF_LEARNT = 1 / 4;
/** Where more boots tell more and where they do not is judged far out, as at the level of one test among twenty. */
const FAR_OUT = 0.0002;

function partsOfError({ boots, runs }: SideSize, between: BetweenRuns, single: Variance): readonly Variance[] {
  const ofBoots = { variance: single.variance / boots, degrees: single.degrees };
  if (between.boots === undefined) {
    return [{ variance: between.sd ** 2 / runs, degrees: between.degrees }, ofBoots];
  }
  const learnt = between.sd ** 2;
  const asMany = learnt + single.variance * (runs / boots - 1 / between.boots);
  const lessBoots = Math.max(asMany, learnt * LEAST_SHARE_OF_LEARNT);
  const exact = { variance: lessBoots / runs, degrees: between.degrees * Math.min(1, lessBoots / learnt) ** 2 };
  const whole = { variance: Math.max(asMany, learnt) / runs, degrees: between.degrees };
  const best = reach(exact) < reach(whole) ? exact : whole;
  // If tonight's boots scatter wider than all of this, they are believed.
  return [ofBoots.variance > best.variance ? ofBoots : best];
}

function reach({ variance, degrees }: Variance): number {
  return oneSidedT(FAR_OUT, degrees) * Math.sqrt(variance);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
