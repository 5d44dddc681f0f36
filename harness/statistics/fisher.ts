import { gammaln } from 'simple-statistics';

/** So many of so many. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/**
 * Fisher's exact test, one-sided, of whether something happens more often now than before: the probability, with the same
 * margins and without a change, of at least as many now (Fisher 1935; Agresti 2013, Categorical Data Analysis, 3.5).
 */
export function fisherMoreOften(before: Share, now: Share): number {
  const hits = before.count + now.count;
  const all = logChoose(before.total + now.total, hits);
  let sum = 0;
  for (let count = now.count; count <= Math.min(now.total, hits); count++) {
    sum += Math.exp(logChoose(now.total, count) + logChoose(before.total, hits - count) - all);
  }
  return Math.min(1, sum);
}

export function logChoose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}
