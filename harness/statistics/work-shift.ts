import { mean } from 'simple-statistics';
import type { ByBoot } from './by-boot.ts';
import { oneSidedT } from './student-t-tail.ts';
import { INTERRUPT_MS, type UsualDurations, usualDurations } from './usual-durations.ts';

/** Stamps of the kernel log are in whole microseconds, and a phase has one at each edge. So much does rounding scatter it. */
const ROUNDING_MS = 0.001 / Math.sqrt(6);
/** What one stamp can be wrong by. */
const STAMP_MS = 0.001;
/** Each edge may be one off, in both runs. */
const RESOLUTION_MS = 4 * STAMP_MS;

/** A smaller change of a phase is not called one: the same instructions repeat to within it. */
const LEAST_CHANGE = 0.01;

/** Where the boots' means differ so much more than samples within a boot do (ratio of variances), boots are what is counted. */
const BOOTS_DIFFER = 1.5;

/**
 * Standard error of the difference of two shortest or two longest samples, in standard deviations of a sample. Of twenty
 * normal samples it is 0.74; of a group of which a few samples are left, 1.
 */
const END_ERROR = 0.9;

/**
 * In a shorter phase a sample that is a sixth shorter than the others, of which there are some, is not known from one without
 * an interrupt; then the ends of the distribution say nothing.
 */
const LEAST_WITH_ENDS_MS = 20 * INTERRUPT_MS;

/** An interrupt falls into at most this share of a run's samples of a phase, and at least into the rest of another's. */
const MOST_INTERRUPTED = 0.9;

/** Of a standard normal distribution: what lies this much above a threshold is found in 80 of 100 cases. */
const POWER_Z = 0.84;

/** How the durations of a phase in two runs differ. In milliseconds. */
export interface WorkShift {
  /**
   * `interrupted`: they differ by what one interrupt takes, and few enough samples are there that all of one run could have
   * had one, and none of the other.
   */
  readonly verdict: 'longer' | 'shorter' | 'same' | 'interrupted';
  /** Means of the usual samples. */
  readonly baseMs: number;
  readonly currentMs: number;
  /** What the change has to exceed. */
  readonly thresholdMs: number;
  /** A change that is found in four of five comparisons. */
  readonly detectableMs: number;
  /** Whether the samples of either run lie in groups, farther apart than interrupts put them. */
  readonly isScattered: boolean;
}

/**
 * Whether a phase takes longer or shorter than before, at `level`, the probability of an error when there is no change.
 * `interrupts` is how many can fall into a sample: of a sum one into each part, and then its ends say nothing.
 *
 * Assumption: the same instructions take the same time, but for a scatter that is alike in both runs, and for interrupts,
 * which fall into any share of a run's samples. So a share that changes moves the mean by at most one interrupt, and never
 * both ends of the distribution. A change is seen where the mean has moved further than that, or where mean, shortest and
 * longest usual sample have all moved.
 * Evidence: `npm run bench:gate`, the table of virtual time; docs/virtual-time.md for real runs.
 * Limits: with all samples of one run interrupted and none of the other's, both ends move as well: then it is `interrupted`.
 * Samples in groups over more than three interrupts have more in them than interrupts (SHPC's device node: four groups over
 * 80 µs, whose shares differ by run); of those only the mean is judged.
 * Where some boots differ from others as a whole, boots are counted instead of samples; that they differ is seen where they
 * are half as much again apart as samples are.
 */
export function workShift(base: ByBoot, current: ByBoot, level: number, interrupts = 1): WorkShift {
  const [before, after] = usualDurations(base, current);
  const { meanErrorMs, degrees, endErrorMs } = errorsOf(before, after);
  const leastMs = Math.max(LEAST_CHANGE * before.meanMs, RESOLUTION_MS);
  const tOfSamples = oneSidedT(level / 2, before.count + after.count - 2);
  const byMeanMs = interrupts * INTERRUPT_MS + Math.max(leastMs, oneSidedT(level / 2, degrees) * meanErrorMs);
  const haveEnds = interrupts === 1 && before.haveEnds && after.haveEnds && before.meanMs >= LEAST_WITH_ENDS_MS;
  const byEndsMs = haveEnds ? Math.max(leastMs, tOfSamples * endErrorMs) : Number.POSITIVE_INFINITY;

  const isLonger = after.meanMs > before.meanMs;
  const upwards = isLonger ? 1 : -1;
  const meanShiftMs = upwards * (after.meanMs - before.meanMs);
  const endShiftsMs = [after.shortestMs - before.shortestMs, after.longestMs - before.longestMs].map(
    (ms) => upwards * ms,
  );

  const isOneInterrupt = (shiftMs: number, errorMs: number) =>
    Math.abs(shiftMs - INTERRUPT_MS) <= Math.max(STAMP_MS, tOfSamples * errorMs);
  const mayBeInterrupts =
    before.isOneGroup &&
    after.isOneGroup &&
    MOST_INTERRUPTED ** (before.count + after.count) > level &&
    isOneInterrupt(meanShiftMs, meanErrorMs) &&
    endShiftsMs.every((ms) => isOneInterrupt(ms, endErrorMs));

  const moved = isLonger ? 'longer' : 'shorter';
  const isBeyondInterrupts = meanShiftMs > byMeanMs;
  const isWholeShift = Math.min(meanShiftMs, ...endShiftsMs) > byEndsMs;
  return {
    verdict: isBeyondInterrupts ? moved : !isWholeShift ? 'same' : mayBeInterrupts ? 'interrupted' : moved,
    baseMs: before.meanMs,
    currentMs: after.meanMs,
    thresholdMs: Math.min(byMeanMs, byEndsMs),
    detectableMs: Math.min(byMeanMs + POWER_Z * meanErrorMs, byEndsMs + POWER_Z * endErrorMs),
    isScattered: !(before.haveEnds && after.haveEnds),
  };
}

/** By how much the mean of the usual samples differs, and the standard error of that. In milliseconds. */
export function meanShift(base: ByBoot, current: ByBoot): { readonly shiftMs: number; readonly errorMs: number } {
  const [before, after] = usualDurations(base, current);
  return { shiftMs: after.meanMs - before.meanMs, errorMs: errorsOf(before, after).meanErrorMs };
}

interface ShiftErrors {
  /** Standard error of the difference of the means, and its degrees of freedom. */
  readonly meanErrorMs: number;
  readonly degrees: number;
  /** Standard error of the difference of the shortest samples, and of that of the longest. */
  readonly endErrorMs: number;
}

/** From a one-way analysis of variance of both sides, with boots as groups. */
function errorsOf(before: UsualDurations, after: UsualDurations): ShiftErrors {
  const sides = [before, after];
  const boots = sumOf(sides, ({ byBoot }) => byBoot.length);
  const samples = before.count + after.count;
  const within = sumOf(sides, ({ byBoot }) => sumOf(byBoot, (own) => squaresAbout(mean([...own]), own)));
  const all = sumOf(sides, ({ byBoot, meanMs }) => squaresAbout(meanMs, byBoot.flat()));
  const ofBoots = (all - within) / Math.max(1, boots - 2);
  const ofSamples = samples > boots ? within / (samples - boots) : 0;
  const ofAll = all / Math.max(1, samples - 2);
  const doBootsDiffer = ofBoots > BOOTS_DIFFER * ofSamples;
  const variance = Math.max(ROUNDING_MS ** 2, doBootsDiffer ? ofBoots : ofAll);
  const deviationMs = Math.max(ROUNDING_MS, before.deviationMs, after.deviationMs);
  return {
    meanErrorMs: Math.sqrt(variance * (1 / before.count + 1 / after.count)),
    degrees: Math.max(1, (doBootsDiffer ? boots : samples) - 2),
    endErrorMs: END_ERROR * deviationMs,
  };
}

function squaresAbout(centre: number, values: readonly number[]): number {
  return sumOf(values, (value) => (value - centre) ** 2);
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
