/** The newest points of a series, made ready for a comparison of means. */
export interface RobustWindow {
  /** Values about the window's median, those far out brought in; the newest last. Only the first `size` count. */
  readonly values: Float64Array;
  /** Weight of each, 1 on average where the nights' standard errors are known, and always where they are not. */
  readonly weights: Float64Array;
  readonly size: number;
}

/** Values further out than this many robust standard deviations are brought in to it (Huber 1981, Robust Statistics, 1.7). */
const FAR_OUT = 2.5;
/** SD of a normal distribution over its median absolute deviation. */
const SD_OVER_MAD = 1.4826;
/**
 * No night weighs more than three average ones: the variance between nights is known badly, and without a limit nights that
 * seemed well measured raised false alarms in 1.5 instead of 0.8 % of simulated series.
 */
const LEAST_SHARE = 1 / 3;
/** A tenth of a per mille: series of the virtual clock may not scatter at all, and any change is then one. */
const LEAST_SCALE = 1e-4;

/**
 * Walks over a series from `start`. Each `next` takes one more point in and gives the last `length` points so far, always in
 * the same arrays.
 *
 * A night weighs by the inverse of its variance: its own, from its standard error, and what nights scatter beyond that,
 * taken as what the robust variance of the window leaves over (the method of moments of DerSimonian and Laird 1986, Control.
 * Clin. Trials 7). Nights without a standard error count as average.
 */
export function openWindow(
  points: readonly HistoryPoint[],
  start: number,
  length: number,
): { next: () => RobustWindow } {
  const values = new Float64Array(length);
  const weights = new Float64Array(length);
  // In ascending order, kept so from night to night: sorting anew would take nearly all of the time.
  const sorted: number[] = [];
  let end = start;
  return {
    next: () => {
      if (end - start >= length) sorted.splice(lowerBound(sorted, valueAt(points, end - length)), 1);
      const newest = valueAt(points, end);
      sorted.splice(lowerBound(sorted, newest), 0, newest);
      end += 1;
      const size = Math.min(length, end - start);
      fill(points, end - size, sorted, values, weights);
      return { values, weights, size };
    },
  };
}

function fill(
  points: readonly HistoryPoint[],
  first: number,
  sorted: readonly number[],
  values: Float64Array,
  weights: Float64Array,
): void {
  const size = sorted.length;
  const centre = ((sorted[(size - 1) >> 1] as number) + (sorted[size >> 1] as number)) / 2;
  const variance = Math.max(LEAST_SCALE, SD_OVER_MAD * deviationOf(sorted, centre)) ** 2;
  let known = 0;
  let ownVariances = 0;
  for (let index = 0; index < size; index++) {
    const error = points[first + index]?.standardError;
    if (error === undefined) continue;
    known += 1;
    ownVariances += error ** 2;
  }
  const ownVariance = known === 0 ? 0 : ownVariances / known;
  // Standard errors that are together larger than what was seen are scaled down to it.
  const scale = ownVariance > variance ? variance / ownVariance : 1;
  const between = variance - ownVariance * scale;
  for (let index = 0; index < size; index++) {
    const { value, standardError } = points[first + index] as HistoryPoint;
    const own = standardError === undefined ? variance : between + standardError ** 2 * scale;
    const expected = Math.max(own, variance * LEAST_SHARE);
    const far = FAR_OUT * Math.sqrt(expected);
    values[index] = Math.max(-far, Math.min(far, value - centre));
    weights[index] = variance / expected;
  }
}

/** Median of the distances to the centre, found by walking outwards from it. */
function deviationOf(sorted: readonly number[], centre: number): number {
  const size = sorted.length;
  let right = lowerBound(sorted, centre);
  let left = right - 1;
  let [last, before] = [0, 0];
  for (let taken = 0; taken <= size >> 1; taken++) {
    before = last;
    const toLeft = left < 0 ? Number.POSITIVE_INFINITY : centre - (sorted[left] as number);
    const toRight = right >= size ? Number.POSITIVE_INFINITY : (sorted[right] as number) - centre;
    if (toLeft <= toRight) left -= 1;
    else right += 1;
    last = Math.min(toLeft, toRight);
  }
  return size % 2 === 1 ? last : (last + before) / 2;
}

/** Index of the first element that is not below the value. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function valueAt(points: readonly HistoryPoint[], index: number): number {
  return points[index]?.value ?? 0;
}

/** One night's latency. */
export interface HistoryPoint {
  /** Natural logarithm of the latency in milliseconds, so that differences are ratios. */
  readonly value: number;
  /** Of that night. */
  readonly boots?: number;
  /** Standard error of `value` as that night's boots show it, where it is known. */
  readonly standardError?: number;
}
