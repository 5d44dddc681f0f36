import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import type { ByBoot } from './by-boot.ts';

/**
 * What an interrupt adds to a phase that it falls into: the step between the groups of samples that SHPC's enumeration and
 * virtio-blk's device node have (docs/virtual-time.md). Steps of 13 to 17 µs and of twice that are seen.
 */
export const INTERRUPT_MS = 0.0145;

/** A sample is apart from the others where it is farther from their median than the largest of these three. */
const APART = { interrupts: 3, share: 0.05, deviations: 5 } as const;
/** A larger share of a side's samples is not apart from the others but a part of them. */
const MOST_APART = 0.2;

/** The part of the samples that lies closest together is within one group, where there are two of about the same size. */
const CLOSEST_PART = 0.4;
/** Width of the closest part of a normal distribution, in standard deviations (0.4 of it lies within ±0.524). */
const CLOSEST_WIDTH = 1.049;
/** Neighbours that are farther apart than both of these belong to two groups, one with an interrupt more than the other. */
const STEP = { interrupts: 0.5, deviations: 4 } as const;

/** As far apart the samples of a phase lie that interrupts fall into; what is wider and in groups has something else in it. */
const WIDEST_STEPS = 3;

/** Durations of a phase in one run without those that are apart from the others. In milliseconds. */
export interface UsualDurations {
  readonly byBoot: ByBoot;
  readonly count: number;
  readonly meanMs: number;
  readonly shortestMs: number;
  readonly longestMs: number;
  /** Whether all samples could be of one distribution without steps. */
  readonly isOneGroup: boolean;
  /** Whether they are one group, or such as interrupts make: then both ends belong to the phase's own instructions. */
  readonly haveEnds: boolean;
  /** Standard deviation within a group of samples: an interrupt in some of them does not count. */
  readonly deviationMs: number;
}

/**
 * Leaves out what is far from a side's median: a rare sample that is a sixth shorter, one that waited for something.
 * Assumption: rare means at most 20 % of a side. Where either side has more, both keep theirs, and whatever is asked of the
 * durations then is asked of all. Limit: in phases shorter than 0.3 ms, samples that are a sixth shorter are nearer than three
 * interrupts, and stay.
 */
export function usualDurations(
  base: ByBoot,
  current: ByBoot,
): readonly [base: UsualDurations, current: UsualDurations] {
  const [near, currentNear] = [nearMedian(base), nearMedian(current)];
  const areRare = isMost(near, base) && isMost(currentNear, current);
  return areRare ? [describe(near), describe(currentNear)] : [describe(base), describe(current)];
}

function nearMedian(side: ByBoot): ByBoot {
  const all = side.flat();
  const centreMs = median(all);
  const reachMs = Math.max(
    APART.interrupts * INTERRUPT_MS,
    APART.share * centreMs,
    APART.deviations * deviationOfClosest(all),
  );
  return side
    .map((own) => own.filter((durationMs) => Math.abs(durationMs - centreMs) <= reachMs))
    .filter((own) => own.length > 0);
}

function isMost(near: ByBoot, side: ByBoot): boolean {
  return near.flat().length >= (1 - MOST_APART) * side.flat().length;
}

function describe(byBoot: ByBoot): UsualDurations {
  const usual = byBoot.flat();
  const [shortestMs, longestMs] = [Math.min(...usual), Math.max(...usual)];
  const closestMs = deviationOfClosest(usual);
  const isOneGroup = largestGap(usual) < Math.max(STEP.interrupts * INTERRUPT_MS, STEP.deviations * closestMs);
  const deviationMs = isOneGroup && usual.length > 1 ? sampleStandardDeviation(usual) : closestMs;
  const haveEnds = isOneGroup || longestMs - shortestMs <= WIDEST_STEPS * INTERRUPT_MS;
  return { byBoot, count: usual.length, meanMs: mean(usual), shortestMs, longestMs, isOneGroup, haveEnds, deviationMs };
}

/** Standard deviation as the closest samples have it, the shorth of Andrews et al. 1972 with a smaller part. */
function deviationOfClosest(durationsMs: readonly number[]): number {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const steps = Math.min(Math.ceil(CLOSEST_PART * sorted.length), sorted.length - 1);
  const widths = sorted.slice(steps).map((durationMs, index) => durationMs - (sorted[index] as number));
  return Math.min(...widths) / CLOSEST_WIDTH;
}

function largestGap(durationsMs: readonly number[]): number {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.slice(1).map((durationMs, index) => durationMs - (sorted[index] as number)));
}
