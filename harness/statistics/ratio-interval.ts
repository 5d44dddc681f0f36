import { probit } from 'simple-statistics';
import { type ClusteredMedian, MIN_BOOTS_FOR_INTERVAL, studentTFor } from './median-interval.ts';
import type { Statistic } from './statistic.ts';

/** How two medians differ. */
export interface MedianDifference {
  /** Current over base. */
  readonly ratio: Statistic;
  /** Current less base, in the unit of the medians. */
  readonly difference: Statistic;
  /** Half the width of the ratio's 95 % interval, as a natural logarithm; absent without an interval. */
  readonly logReach?: number;
}

/**
 * Ratio and difference of two medians. The intervals add the bootstraps' variances and take as many degrees of freedom as
 * Welch (1947) and Satterthwaite (1946, Biometrics Bull. 2) give the sum; the difference's is that of the logarithm, scaled
 * by each median, which is good for standard errors of up to some ten per cent.
 */
export function medianDifference(base: ClusteredMedian, current: ClusteredMedian): MedianDifference {
  const ratio = current.value / base.value;
  const difference = current.value - base.value;
  if (base.logStandardError === undefined || current.logStandardError === undefined) {
    const fewest = Math.min(base.boots, current.boots);
    const warnings = [`${fewest} of ${MIN_BOOTS_FOR_INTERVAL} boots a side: no interval`];
    return { ratio: { value: ratio, warnings }, difference: { value: difference, warnings } };
  }
  const errors = [base.logStandardError, current.logStandardError] as const;
  const degrees = [base.boots - 1, current.boots - 1] as const;
  const logReach = reachOf(errors, degrees);
  const reach = reachOf([errors[0] * base.value, errors[1] * current.value], degrees);
  return {
    ratio: { value: ratio, ci95: [ratio * Math.exp(-logReach), ratio * Math.exp(logReach)], warnings: [] },
    difference: { value: difference, ci95: [difference - reach, difference + reach], warnings: [] },
    logReach,
  };
}

function reachOf([a, b]: readonly [number, number], [nA, nB]: readonly [number, number]): number {
  if (a === 0 && b === 0) return 0;
  // Rounded down to whole degrees, which is cautious.
  const degrees = Math.floor((a ** 2 + b ** 2) ** 2 / (a ** 4 / nA + b ** 4 / nB));
  return studentTFor(Math.max(1, degrees)) * Math.hypot(a, b);
}

/** Of ten changes as large as the one looked for, eight are to be found. */
const POWER = 0.8;
const Z_95 = probit(0.975);

/**
 * Boots that each side needs in all, where `boots` gave a 95 % interval of the log ratio of ± `logReach`: to show with 80 %
 * probability that an unchanged median is within ± `logThreshold`, or, if what was seen is beyond the threshold, to find a
 * change of that size at a two-sided `level` (Chow, Shao and Wang 2008, Sample Size Calculations, 3.2). Normal
 * approximation; the spread between boots is taken to stay as it is.
 */
export function bootsNeeded(
  boots: number,
  { ratio, logReach }: Pick<MedianDifference, 'ratio' | 'logReach'>,
  logThreshold: number,
  level: number,
): number | undefined {
  if (logReach === undefined) return undefined;
  const standardError = logReach / Z_95;
  const seen = Math.abs(Math.log(ratio.value));
  const [target, z] =
    seen > logThreshold
      ? [seen, probit(1 - level / 2) + probit(POWER)]
      : [logThreshold, Z_95 + probit(1 - (1 - POWER) / 2)];
  return target === 0 ? undefined : Math.ceil(boots * ((standardError * z) / target) ** 2);
}
