/** The newest points of a series, made ready for a comparison of means. */
export interface RobustWindow {
  /** Values about the window's median, those far out brought in; the newest last. Only the first `size` count. */
  readonly values: Float64Array;
  /** Weight of each, 1 on average. */
  readonly weights: Float64Array;
  readonly size: number;
  /** Standard deviation of a night, from how much successive nights differ. */
  readonly scale: number;
}

/** Values further out than this many robust standard deviations are brought in to it (Huber 1981, Robust Statistics, 1.7). */
const FAR_OUT = 3;
/** SD of a normal distribution over the median of the absolute differences of two of its values. */
const SD_OVER_DIFFERENCE = 1.4826 / Math.SQRT2;
/** Boots are not all that differs between nights, so a night of many does not weigh more than three average ones. */
const LEAST_SHARE = 1 / 3;
/** A tenth of a per mille: series of the virtual clock may not scatter at all, and any change is then one. */
const LEAST_SCALE = 1e-4;

/**
 * Walks over a series from `start`. Each `next` takes one more point in and gives the last `length` points so far, always in
 * the same arrays.
 *
 * The scale is that of the differences between successive nights (von Neumann 1941, Ann. Math. Stat. 12; its median, which is
 * robust): a step is one difference among many, so it does not hide itself, however early in the window it is.
 *
 * A night weighs by the inverse of its variance: that of its boots, and what nights scatter beyond that. The variance of a
 * boot is pooled over the window's nights and divided by each night's boots: what five boots say of their own scatter is too
 * uncertain to be believed night by night. Nights whose boots are not known count as average.
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
  const differences: number[] = [];
  let end = start;
  return {
    next: () => {
      if (end - start >= length) {
        remove(sorted, valueAt(points, end - length));
        remove(differences, differenceAt(points, end - length + 1));
      }
      insert(sorted, valueAt(points, end));
      if (end > start) insert(differences, differenceAt(points, end));
      end += 1;
      const size = Math.min(length, end - start);
      const scale = Math.max(LEAST_SCALE, SD_OVER_DIFFERENCE * medianOf(differences));
      fill(points, end - size, size, medianOf(sorted), scale, values, weights);
      return { values, weights, size, scale };
    },
  };
}

function fill(
  points: readonly HistoryPoint[],
  first: number,
  size: number,
  centre: number,
  scale: number,
  values: Float64Array,
  weights: Float64Array,
): void {
  const variance = scale ** 2;
  const { usualBoots, variancePerBoot } = bootsOf(points, first, size);
  // Boots that seem to scatter more than the nights' medians do would leave nothing between nights.
  const ofBoot = Math.min(variancePerBoot, variance * usualBoots);
  let sum = 0;
  for (let index = 0; index < size; index++) {
    const { value, boots } = points[first + index] as HistoryPoint;
    values[index] = Math.max(-FAR_OUT * scale, Math.min(FAR_OUT * scale, value - centre));
    const expected = boots === undefined ? variance : variance + ofBoot * (1 / boots - 1 / usualBoots);
    const weight = variance / Math.max(expected, variance * LEAST_SHARE);
    weights[index] = weight;
    sum += weight;
  }
  for (let index = 0; index < size; index++) weights[index] = ((weights[index] as number) * size) / sum;
}

/** The harmonic mean of the nights' boots, and the variance of a single boot as the nights with a standard error show it. */
function bootsOf(points: readonly HistoryPoint[], first: number, size: number) {
  let inverses = 0;
  let nights = 0;
  let variances = 0;
  let measured = 0;
  for (let index = first; index < first + size; index++) {
    const { boots, standardError } = points[index] as HistoryPoint;
    if (boots === undefined) continue;
    inverses += 1 / boots;
    nights += 1;
    if (standardError === undefined) continue;
    variances += standardError ** 2 * boots;
    measured += 1;
  }
  return {
    usualBoots: nights === 0 ? 1 : nights / inverses,
    variancePerBoot: measured === 0 ? 0 : variances / measured,
  };
}

function medianOf(sorted: readonly number[]): number {
  const size = sorted.length;
  return size === 0 ? 0 : ((sorted[(size - 1) >> 1] as number) + (sorted[size >> 1] as number)) / 2;
}

function insert(sorted: number[], value: number): void {
  sorted.splice(lowerBound(sorted, value), 0, value);
}

function remove(sorted: number[], value: number): void {
  sorted.splice(lowerBound(sorted, value), 1);
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

function differenceAt(points: readonly HistoryPoint[], index: number): number {
  return Math.abs(valueAt(points, index) - valueAt(points, index - 1));
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
