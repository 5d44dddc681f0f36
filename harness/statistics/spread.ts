import { medianAbsoluteDeviation, medianSorted } from 'simple-statistics';

/**
 * A value far from the others by the modified z-score of Iglewicz and Hoaglin (1993, How to Detect and Handle Outliers,
 * 3.3), which hyperfine uses, too: 0.6745 · |value - median| / MAD above 3.5.
 *
 * Assumption: most values scatter like a normal distribution. Limit: of a lognormal distribution with sigma 0.5 it flags
 * about one value in fifty although nothing is wrong with it. So outliers are shown, and never dropped.
 */
const OUTLIER_SCORE = 3.5;
/** Of a normal distribution: MAD / SD, and SD / mean absolute deviation. */
const MAD_OF_NORMAL = 0.6745;
const SD_OF_MEAN_DEVIATION = 1.253314;

/** The median of the distances to the median, in the unit of the values. Not scaled to a standard deviation. */
export function medianDeviation(sorted: readonly number[]): number {
  return medianAbsoluteDeviation([...sorted]);
}

/** Whether a value is an outlier among the given ones. */
export function outlierRule(sorted: readonly number[]): (value: number) => boolean {
  const centre = medianSorted([...sorted]);
  const mad = medianDeviation(sorted);
  // With more than half of the values alike the MAD is 0; Iglewicz and Hoaglin then take the mean deviation.
  const scale =
    mad > 0
      ? mad / MAD_OF_NORMAL
      : (SD_OF_MEAN_DEVIATION * sorted.reduce((sum, value) => sum + Math.abs(value - centre), 0)) / sorted.length;
  return (value) => scale > 0 && Math.abs(value - centre) / scale > OUTLIER_SCORE;
}
