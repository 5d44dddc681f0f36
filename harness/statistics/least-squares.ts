import { linearRegression, mean } from 'simple-statistics';
import { studentT } from './student-t.ts';

/** An estimated figure and how far off it may be. */
export interface Estimate {
  readonly value: number;
  /** 95 % confidence interval, low and high. */
  readonly ci95?: readonly [number, number];
}

/** y = intercept + slope · x. */
export interface Line {
  readonly slope: Estimate;
  readonly intercept: Estimate;
  /** Standard deviation of the points around the line, with n - 2 in the denominator; absent with two points. */
  readonly residualSd?: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const LEVEL = 0.95;
/** Two values of x always lie on a line, whatever the truth is. */
export const MIN_VALUES_FOR_CI = 3;
/** A point with a leverage this near to 1 carries the line alone; what is left of 1 is then rounding error. */
const SOLE_CARRIER = 1e-9;

/**
 * The least-squares line through independent points with at least two different x. Intervals need three, and no x so far
 * out that it carries the line alone.
 *
 * Intervals are estimate ± t(n - 2) · standard error, with the HC3 standard error (MacKinnon and White 1985, J.
 * Econometrics 29; recommended for n ≤ 250 by Long and Ervin 2000, Am. Stat. 54), which does not assume an equal spread
 * at every x. Assumption: points are independent, so one per boot, not one per sample. Evidence: the kernel's timer wheel
 * ends a wait of 5 s up to 256 ms late, one of 1 s up to 32 ms late, so spread grows with x. Simulated with that, five
 * boots at each of five waits, the textbook interval (equal spread) holds the slope in 66 % of runs and the intercept in
 * 99.6 %; this one in about 90 % and 96 %. With equal spread both are near 95 %. Limit: with three boots at each x the
 * slope's is down to 84 %, and no interval says whether a line is the right shape.
 */
export function leastSquares(points: readonly Point[]): Line {
  const { m, b } = linearRegression(points.map(({ x, y }) => [x, y]));
  const n = points.length;
  const centre = mean(points.map(({ x }) => x));
  const spread = points.reduce((sum, { x }) => sum + (x - centre) ** 2, 0);
  const residuals = points.map(({ x, y }) => y - b - m * x);
  const residualSd = Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (n - 2));
  const line: Line = { slope: { value: m }, intercept: { value: b }, ...(n > 2 && { residualSd }) };

  // What each point would be off the line fitted to the others.
  const leftOut = points.map(({ x }, index) => {
    const leverage = 1 / n + (x - centre) ** 2 / spread;
    return 1 - leverage > SOLE_CARRIER ? (residuals[index] ?? 0) / (1 - leverage) : Number.POSITIVE_INFINITY;
  });
  const values = new Set(points.map(({ x }) => x)).size;
  if (values < MIN_VALUES_FOR_CI || !leftOut.every(Number.isFinite)) return line;

  // Slope and intercept are weighted sums of the y, so their errors are the same sums of the errors of the y.
  const slopeWeights = points.map(({ x }) => (x - centre) / spread);
  const interceptWeights = slopeWeights.map((weight) => 1 / n - centre * weight);
  const multiplier = studentT(LEVEL, n - 2);
  const estimate = (value: number, weights: readonly number[]): Estimate => {
    const error = multiplier * Math.hypot(...weights.map((weight, index) => weight * (leftOut[index] ?? 0)));
    return { value, ci95: [value - error, value + error] };
  };
  return { ...line, slope: estimate(m, slopeWeights), intercept: estimate(b, interceptWeights) };
}
