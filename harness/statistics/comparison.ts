import type { OperationName } from '../vocabulary.ts';
import type { BetweenRuns } from './between-runs.ts';
import type { ByBoot } from './by-boot.ts';
import type { LocationTest } from './location-test.ts';
import type { BootShare } from './more-often.ts';
import type { Statistic } from './statistic.ts';

/**
 * What a comparison comes to. Only `regressed` and `failing` are bad news about the system under test; `incomparable`
 * and `missing` say that the question has no answer, `undecided` that it has none yet.
 */
export const VERDICTS = [
  /** Slower, beyond chance and beyond the practical threshold. */
  'regressed',
  /** Faster, beyond chance and beyond the practical threshold. */
  'improved',
  /** A change of the size asked for (`detect`) would have been found, and there is none. */
  'unchanged',
  /** Neither of these could be shown: the reason says what it would take. */
  'undecided',
  /** No good sample any more, or failures or missed deadlines beyond chance more often than before. */
  'failing',
  /** Measured under other conditions: host, accelerator, clock, boot mode, QEMU or kernel. */
  'incomparable',
  /** In the base and not in the current run. */
  'missing',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Whether a comparison says neither that something changed nor that it did not. */
export function isUndecided({ verdict }: Pick<Comparison, 'verdict'>): boolean {
  return verdict === 'undecided' || verdict === 'incomparable' || verdict === 'missing';
}

/** A change smaller than this is of no interest, however certain: it has to exceed both. */
export interface PracticalThreshold {
  /** Share of the base's median: 0.02 is 2 %. */
  readonly relative: number;
  readonly absoluteMs: number;
}

/**
 * A change of at least this size is not to be missed, as a share of the base's median: where it would not be found in four
 * of five comparisons, nothing is called `unchanged`.
 */
export const DEFAULT_DETECT = 0.1;

/** What has to be alike for two sides to be compared: a name for a reader to the value, in order of importance. */
export type Conditions = Readonly<Record<string, string>>;

/** What is compared: names are unique together within a list of comparisons. */
export interface ComparedMetric {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  /** The device's id, where the operation is done to more than one device. */
  readonly deviceId?: string;
}

/** `shpc plug`, and with the device's id where there are several. */
export function metricName({ variant, operation, deviceId }: ComparedMetric): string {
  return [variant, operation, ...(deviceId === undefined ? [] : [deviceId])].join(' ');
}

/** What one side of a comparison was. */
export interface SideSummary {
  /** A run's id, a baseline's name, or a variant's name within one run. */
  readonly label: string;
  /** Boots in which the operation was tried. */
  readonly boots: number;
  /** Operations that were tried, good or failed: not those that an earlier failure of their boot left untried. */
  readonly samples: number;
  readonly failures: number;
  /** Of what was tried; absent where half of it and more failed: each counts as longer than any. */
  readonly medianMs?: number;
}

/** How two sides' latencies differ. Positive differences and ratios above 1: the current side is slower. */
export interface LatencyComparison {
  /** Current median over base median. 95 % interval clustered by boot, where both sides have boots enough. */
  readonly ratio: Statistic;
  /** Current median less base median, in milliseconds, with the same interval. */
  readonly differenceMs: Statistic;
  /**
   * Median of all differences between a boot of the current side and one of the base, in milliseconds (Hodges and
   * Lehmann 1963): the shift that a single boot sees.
   */
  readonly shiftMs: number;
  /** Cliff's delta over boots, -1 to 1: how much more often a boot of the current side is the slower one than the faster. */
  readonly cliffsDelta: number;
  /** Two-sided, of this metric alone. */
  readonly pValue: number;
  /**
   * After Holm's correction for everything compared in one go, and weighted by direction: slower counts five times as much
   * as faster. This decides.
   */
  readonly adjustedPValue: number;
  readonly method: LocationTest['method'];
  /**
   * What two runs of the same thing were taken to differ by: standard deviation on the logarithmic scale, and from how many
   * runs that was learnt (0: assumed). Absent where both sides are of one run.
   */
  readonly betweenRuns?: Pick<BetweenRuns, 'sd' | 'runs'>;
  /** The smallest slowdown that would have been found in four of five such comparisons, as a ratio above 1. */
  readonly detectableRatio?: number;
}

/** How often operations failed on each side. */
interface FailureComparison {
  /** Boots with at least one failed operation. */
  readonly baseFailedBoots: number;
  readonly currentFailedBoots: number;
  /** Whether it is more often now (`more-often.ts`), after Holm's correction. 1 where nothing failed. */
  readonly adjustedPValue: number;
}

/** How often a side was not there within the deadline: done later, or never. */
export interface DeadlineCounts {
  /** Samples that were tried, and those of them that missed the deadline. */
  readonly samples: number;
  readonly missed: number;
  /** Boots with a sample that was tried, and those of them with one that missed the deadline. */
  readonly boots: number;
  readonly missedBoots: number;
}

export interface DeadlineComparison {
  /** The deadline of the current side, by which both are judged. */
  readonly limitMs: number;
  readonly base: DeadlineCounts;
  readonly current: DeadlineCounts;
  /**
   * As that of failures. 1 where nothing was late. Between runs, what is late only because the whole run is a little slower,
   * within what runs of the same thing differ by, does not count.
   */
  readonly adjustedPValue: number;
}

/** How often samples were far above the median of their own side. */
interface SlowComparison {
  /** From so many times the median of its side on a sample is slow: set by the base's scatter. */
  readonly ratio: number;
  readonly baseSlow: number;
  readonly currentSlow: number;
  /** 90th percentiles of the good samples. */
  readonly baseP90Ms: number;
  readonly currentP90Ms: number;
  /** Whether it is more often now, after Holm's correction. 1 where nothing was slow. */
  readonly adjustedPValue: number;
}

/** A phase whose duration is another than before. */
export interface PhaseChange {
  readonly phase: string;
  /**
   * Medians of the boots' medians, in milliseconds; 0 where a side does not have the phase. In virtual time means of the
   * usual samples (`usual-durations.ts`).
   */
  readonly baseMs: number;
  readonly currentMs: number;
  /** `currentMs` less `baseMs`. */
  readonly differenceMs: number;
  /** After Holm's correction for the phases of this metric. Absent in virtual time, where each phase has its own share of the error. */
  readonly adjustedPValue?: number;
}

/** One metric on two sides. */
export interface Comparison extends ComparedMetric {
  readonly base: SideSummary;
  /** Absent for `missing`. */
  readonly current?: SideSummary;
  readonly verdict: Verdict;
  /** The verdict in one sentence, with figures, for a person. */
  readonly reason: string;
  /** Absent when either side has no good sample, and for `incomparable` and `missing`. */
  readonly latency?: LatencyComparison;
  readonly failures?: FailureComparison;
  /** Where the scenario sets one for this operation. */
  readonly deadline?: DeadlineComparison;
  /** Absent where either side has no good sample. */
  readonly slow?: SlowComparison;
  /**
   * Phases that changed beyond chance in the direction of the verdict, the largest change first. Only for `regressed` and
   * `improved`; empty where the phases are not known or none stands out.
   */
  readonly phases: readonly PhaseChange[];
  /** `undecided` only: boots more on each side until a decision is likely. Absent where no number of boots would do. */
  readonly moreBoots?: number;
  readonly threshold: PracticalThreshold;
  /** The change that was not to be missed, as a share of the base's median. Absent where an older file does not say. */
  readonly detect?: number;
  /** Conditions that differ, such as `QEMU: 7.2.0 → 8.1.1`. Not empty for `incomparable` and where the user has forced it. */
  readonly differences: readonly string[];
  /** Sides whose host was busy: no change of a latency is believed then, and only where there are some. */
  readonly disturbed?: readonly string[];
  /** What a reader has to know before believing the figures. */
  readonly warnings: readonly string[];
}

/** Latencies of one phase: per boot, in order of execution, a sample without the phase as 0. */
export interface PhaseDurations {
  readonly phase: string;
  readonly durationsMs: readonly (readonly number[])[];
}

/** One side of a metric as it was measured. */
export interface MeasuredSide {
  readonly label: string;
  readonly conditions: Conditions;
  /** Runs that the boots are of; a baseline may be several. */
  readonly runs: number;
  /** Where they are several: of each with a good sample the logarithm of its median. */
  readonly runLevels?: readonly number[];
  /** Per boot in which the operation was tried: how many failed. In order of execution. */
  readonly failed: readonly BootShare[];
  /** Samples that an earlier failure of their boot left untried. */
  readonly notTried: number;
  /** Where there is a deadline: that of the current side, for both. */
  readonly deadline?: MeasuredDeadline;
  /** Per boot with a good sample the latencies, both in order of execution. */
  readonly latenciesMs: ByBoot;
  /** Of the same samples. */
  readonly phases: readonly PhaseDurations[];
}

export interface MeasuredDeadline {
  readonly limitMs: number;
  /** Per boot: latencies of what was tried, infinite where it was never done. Without what was given up before the deadline. */
  readonly triedMs: ByBoot;
}

/** A metric to compare. */
export interface MeasuredPair {
  readonly metric: ComparedMetric;
  readonly base: MeasuredSide;
  /** Absent when the current run does not have it. */
  readonly current?: MeasuredSide;
  readonly threshold: PracticalThreshold;
  /** Whose host was busy, where the sides are different runs on the real clock: what seems slower may only have waited. */
  readonly disturbed?: readonly string[];
  /** Where the sides are different runs on the real clock. Absent where boots of both were interleaved in one run. */
  readonly betweenRuns?: BetweenRuns;
}

/** Changes below 2 % are within what a rebuild or another place in memory does to a latency. */
export const DEFAULT_THRESHOLD: PracticalThreshold = { relative: 0.02, absoluteMs: 0 };
