import { gammaln } from 'simple-statistics';

/** Tables as probable as the one seen but for rounding count as equally probable, as in R's fisher.test. */
const ROUNDING = 1 + 1e-7;

/** So many of so many. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/**
 * Fisher's exact test, two-sided, of whether two shares differ by more than chance: the probability of all tables with
 * the same margins that are at most as probable as this one (Fisher 1935; Agresti 2013, Categorical Data Analysis, 3.5).
 */
export function fisherExact(a: Share, b: Share): number {
  const hits = a.count + b.count;
  const logProbability = (count: number) =>
    logChoose(a.total, count) + logChoose(b.total, hits - count) - logChoose(a.total + b.total, hits);
  const limit = Math.exp(logProbability(a.count)) * ROUNDING;
  let sum = 0;
  for (let count = Math.max(0, hits - b.total); count <= Math.min(a.total, hits); count++) {
    const probability = Math.exp(logProbability(count));
    if (probability <= limit) sum += probability;
  }
  return Math.min(1, sum);
}

export function logChoose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}
