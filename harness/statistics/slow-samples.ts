import { median, quantile } from 'simple-statistics';
import type { ByBoot } from './by-boot.ts';
import type { BootShare } from './more-often.ts';
import { medianDeviation } from './spread.ts';

/** Normal distribution: SD over MAD. */
const SD_OVER_MAD = 1.4826;
/** As far out as what is shown as an outlier (`spread.ts`). */
const FAR_OUT = 3.5;
/** Nearer to the median than this, a sample is not slow, however little the others scatter. */
const LEAST_RATIO = 1.25;

/** Samples far above the median of their own side. */
export interface SlowSamples {
  /** A sample is slow from so many times its side's median on. */
  readonly ratio: number;
  readonly base: readonly BootShare[];
  readonly current: readonly BootShare[];
}

/**
 * How many samples of each boot are slow, on both sides by the same rule, which the base's scatter sets. A median does not
 * move when plugs that take twice as long go from 5 to 35 %; whoever waits for them does. A sample is slow against the median of
 * its own side, so that a run that is slower as a whole is not counted here once more; and never against less than the base's:
 * where most samples became faster, those that did not are as they were.
 *
 * Assumption: most samples of a side are not slow. Limit: where a third and more of the base's samples are, the base's
 * scatter is that of two kinds of samples, and hardly any is slow; the median's test then sees a change of their shares.
 */
export function slowSamples(base: ByBoot, current: ByBoot): SlowSamples | undefined {
  const [before, now] = [base.flat(), current.flat()];
  if (before.length === 0 || now.length === 0) return undefined;
  const logs = before.map(Math.log).toSorted((a, b) => a - b);
  const ratio = Math.max(LEAST_RATIO, Math.exp(FAR_OUT * SD_OVER_MAD * medianDeviation(logs)));
  const [usual, usualNow] = [median(before), median(now)];
  const sharesOf = (boots: ByBoot, medianMs: number) => {
    const limit = ratio * medianMs;
    return boots.map((own) => ({ count: own.filter((ms) => ms > limit).length, tried: own.length }));
  };
  return { ratio, base: sharesOf(base, usual), current: sharesOf(current, Math.max(usual, usualNow)) };
}

export function p90(boots: ByBoot): number {
  return quantile(boots.flat(), 0.9);
}
