import type { ManyRunsFile } from '../record/run-file.ts';
import {
  ASSUMED_BETWEEN_RUNS,
  type BetweenRuns,
  type LearntSeries,
  learnBetweenRuns,
} from '../statistics/between-runs.ts';
import { changePoints } from '../statistics/change-point.ts';
import type { ComparedMetric } from '../statistics/comparison.ts';
import type { BetweenRunsOf } from '../statistics/measured-pairs.ts';
import { studentTFor } from '../statistics/median-interval.ts';
import type { Variance } from '../statistics/shrunken-variance.ts';
import type { Series } from './history.ts';
import { historyOf } from './history-of.ts';
import type { NightPoint } from './night.ts';
import { readNightsOnce } from './nights-cache.ts';
import { runDirectories, type SkippedDirectory } from './run-directories.ts';

/** A series on one host, and how much it scatters. */
export interface SpreadOfSeries {
  readonly metric: ComparedMetric;
  readonly accelerator: string;
  readonly bootMode: string;
  /** Undefined with fewer than `MIN_RUNS_TO_LEARN` runs. */
  readonly between: BetweenRuns | undefined;
  /** What single boots scatter within a run; undefined where no run had boots enough to tell. */
  readonly ofBoots: Variance | undefined;
  /** Of the newest run. */
  readonly boots: number;
  readonly medianMs: number | undefined;
}

export interface LearntSpreads {
  readonly spreads: readonly SpreadOfSeries[];
  /** Directories that taught nothing, because they could not be read. */
  readonly skipped: readonly SkippedDirectory[];
}

/** Which runs may teach something. */
export interface LearnFrom {
  /** Folder of the run directories. */
  readonly root: string;
  readonly host: string;
  /** Runs that started before; all without it. */
  readonly before?: Date;
}

/**
 * What the runs of a folder say of how much their series scatter, between the changes of level and of environment. Only the real clock: virtual time has nothing of the host in it.
 */
export async function spreadsIn({ root, host, before }: LearnFrom): Promise<LearntSpreads> {
  const directories = runDirectories(root);
  if (!directories.ok) return { spreads: [], skipped: [] };
  const { nights, skipped } = await readNightsOnce(root, directories.value);
  const earlier = nights.filter(({ run }) => before === undefined || run.startedAt < before);
  const series = historyOf(earlier, changePoints, []).filter((one) => one.host === host && one.clock === 'real');
  const learnt = learnBetweenRuns(series.map(learntSeries));
  const spreads = series.map((one, index) => {
    const { scenario, variant, operation, deviceId, accelerator, bootMode, points } = one;
    const newest = points.at(-1);
    return {
      metric: { scenario, variant, operation, ...(deviceId !== '' && { deviceId }) },
      accelerator,
      bootMode,
      between: learnt[index],
      ofBoots: varianceOfBoots(points),
      boots: newest?.boots ?? 0,
      medianMs: newest?.p50Ms,
    };
  });
  return { spreads, skipped };
}

/** What a comparison asks for. What is not known is assumed. */
export interface KnownSpread {
  readonly betweenRunsOf: BetweenRunsOf;
  /** Where nothing is known: directories that might have told, had they been readable. */
  readonly unread?: readonly SkippedDirectory[];
}

export async function betweenRunsBefore(root: string, current: ManyRunsFile): Promise<KnownSpread> {
  const { spreads, skipped } = await spreadsIn({
    root,
    host: current.host.hostname,
    before: new Date(current.started_at),
  });
  const used = new Map(current.variants.map((one) => [`${one.scenario}/${one.name}`, one]));
  const keyOf = ({ scenario, variant, operation, deviceId }: ComparedMetric) =>
    JSON.stringify([scenario, variant, operation, deviceId ?? '']);
  const known = new Map(
    spreads
      .filter(({ metric, accelerator, bootMode }) => {
        const variant = used.get(`${metric.scenario}/${metric.variant}`);
        return variant?.accelerator.used === accelerator && (variant.boot_mode ?? 'fresh') === bootMode;
      })
      .map(({ metric, between }) => [keyOf(metric), between]),
  );
  const isKnown = spreads.some(({ between }) => between !== undefined);
  return {
    betweenRunsOf: (metric) => known.get(keyOf(metric)) ?? ASSUMED_BETWEEN_RUNS,
    ...(isKnown || skipped.length === 0 ? {} : { unread: skipped }),
  };
}

/** Stretches before and after an update count alike: how much runs scatter is the host's, their level is the machine's. */
function learntSeries({ points, segments }: Series): LearntSeries {
  const stretches = segments.map(({ start, end }) => points.slice(start, end).flatMap(({ p50Ms }) => p50Ms ?? []));
  const measured = points.filter(({ p50Ms }) => p50Ms !== undefined);
  return {
    stretches: stretches.map((own) => own.map(Math.log)),
    boots: measured.reduce((sum, { boots }) => sum + boots, 0) / Math.max(1, measured.length),
  };
}

/** The nights' own intervals, pooled: each is t(boots - 1) times its standard error wide, to either side. */
function varianceOfBoots(points: readonly NightPoint[]): Variance | undefined {
  let sum = 0;
  let degrees = 0;
  for (const { ci95Ms, boots } of points) {
    if (!ci95Ms || !(ci95Ms[0] > 0) || boots < 2) continue;
    const standardError = Math.log(ci95Ms[1] / ci95Ms[0]) / (2 * studentTFor(boots - 1));
    sum += standardError ** 2 * boots * (boots - 1);
    degrees += boots - 1;
  }
  return degrees === 0 ? undefined : { variance: sum / degrees, degrees };
}
