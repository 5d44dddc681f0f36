import { errorFunction, median } from 'simple-statistics';

/** How a latency moved in the course of a run. */
export interface Drift {
  /** From the first boot to the last, in milliseconds, by the Theil-Sen line; positive: it got slower. */
  readonly driftMs: number;
  /** Mann-Kendall test, two-sided: probability of so clear a trend where there is none. 1 with fewer than four boots. */
  readonly pValue: number;
}

/** With three values even the clearest order comes about by chance once in three. */
const MIN_BOOTS = 4;
/** A run has many operations, and a drift is looked for in each. */
const SIGNIFICANT = 0.01;
/** Share of the median below which a drift is of no interest, however clear. */
const WORTH_SAYING = 0.02;

/**
 * The trend over boots in order of execution, from one value for each. Median of all slopes (Theil 1950; Sen 1968, J. Am.
 * Stat. Assoc. 63) and the test of Mann (1945, Econometrica 13) and Kendall, in its normal approximation with correction
 * for continuity: neither minds an outlier. Limit: what rises and falls again is no trend.
 */
export function driftOver(values: readonly number[]): Drift {
  const n = values.length;
  const slopes: number[] = [];
  let concordance = 0;
  for (let later = 1; later < n; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const rise = (values[later] as number) - (values[earlier] as number);
      slopes.push(rise / (later - earlier));
      concordance += Math.sign(rise);
    }
  }
  const driftMs = slopes.length === 0 ? 0 : median(slopes) * (n - 1);
  if (n < MIN_BOOTS) return { driftMs, pValue: 1 };
  const score = Math.max(0, Math.abs(concordance) - 1) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return { driftMs, pValue: 1 - errorFunction(score / Math.SQRT2) };
}

/** What a reader has to be told of a drift: nothing, unless it is clear and large. */
export function driftWarnings({ driftMs, pValue }: Drift, medianMs: number): readonly string[] {
  if (pValue >= SIGNIFICANT || Math.abs(driftMs) < WORTH_SAYING * medianMs) return [];
  const percent = ((100 * driftMs) / medianMs).toFixed(1);
  return [`order drift: ${driftMs > 0 ? '+' : ''}${percent} % from the first boot to the last`];
}
