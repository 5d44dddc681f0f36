import { median, quantileSorted } from 'simple-statistics';
import type { GoodSample, Sample } from '../vocabulary.ts';
import { sortByValue } from './by-boot.ts';
import { type Drift, driftOver } from './drift.ts';
import { splitByBoot } from './groups.ts';
import { type ClusteredMedian, clusteredMedian, medianInterval } from './median-interval.ts';
import { medianDeviation, outlierRule } from './spread.ts';
import type { Statistic } from './statistic.ts';
import { tailQuantile } from './tail-quantile.ts';
import { hasFailed } from './tried.ts';

/** Low and high end of a 95 % confidence interval that is clustered by boot. */
type Interval = readonly [number, number];

/**
 * Latencies of one operation of one variant, in milliseconds. Only measured (not warm-up) samples. Quantiles are of all that
 * were tried: one that failed has no latency, and counts as longer than any. Else a machine would seem the faster the more
 * of its slow operations fail. A quantile is absent where it falls among those that failed (see `Censoring`), an interval
 * where there are too few boots for it, or too many failures; `warnings` then says so.
 */
export interface LatencySummary {
  readonly p50Ms?: number;
  readonly p50Ci95?: Interval;
  readonly p90Ms?: number;
  readonly p90Ci95?: Interval;
  readonly p95Ms?: number;
  readonly p95Ci95?: Interval;
  /** Absent with fewer than 299 samples, too. */
  readonly p99Ms?: number;
  readonly p99Ci95?: Interval;
  /** Of those that were `ok`, as is everything below. */
  readonly minMs: number;
  /** The median that is left when failures are not counted. It is no figure of the machine. */
  readonly okP50Ms: number;
  readonly maxMs: number;
  /** Median distance to the median. */
  readonly madMs: number;
  /** Largest less smallest. */
  readonly rangeMs: number;
  /** In the course of the run, from the boots' medians. */
  readonly drift: Drift;
  /** Samples far from the others. They are in all other figures, too. */
  readonly outliers: readonly Outlier[];
  /** What the single figures lack. */
  readonly warnings: readonly string[];
}

/** A latency far from the others, and where to look for its cause. */
interface Outlier {
  readonly boot: number;
  readonly cycle: number;
  readonly deviceId: string;
  readonly latencyMs: number;
}

/** From 299 samples on, the largest is above the true p99 with 95 % probability (Wilks 1941, Ann. Math. Stat. 12). */
const SAMPLES_FOR_P99 = 299;

/** A summary and the median that two summaries are compared by. */
export interface SummarisedLatency {
  readonly summary: LatencySummary;
  readonly median: ClusteredMedian;
}

/** Of samples in order of execution, of which at least one is `ok`. What the scenario expects to end otherwise has no part in it. */
export function summariseLatency(samples: readonly Sample[]): SummarisedLatency {
  const boots = splitByBoot(samples.filter((sample) => sample.outcome === 'ok' || hasFailed(sample))).map((boot) =>
    boot.map(({ latencyMs }) => latencyMs ?? Number.POSITIVE_INFINITY),
  );
  const sorted = sortByValue(boots);
  const clustered = clusteredMedian(boots, sorted);
  const [p50, p90, p95] = [
    medianInterval(clustered),
    tailQuantile(boots, sorted, 0.9),
    tailQuantile(boots, sorted, 0.95),
  ];
  const p99 = sorted.values.length < SAMPLES_FOR_P99 ? undefined : tailQuantile(boots, sorted, 0.99);
  const summary: LatencySummary = {
    ...quantile('p50', p50),
    ...quantile('p90', p90),
    ...quantile('p95', p95),
    ...(p99 && quantile('p99', p99)),
    ...summariseGood(samples.filter((sample) => sample.outcome === 'ok')),
    warnings: [
      ...[p50, p90, p95].flatMap(({ warnings }) => warnings),
      ...(p99 ? p99.warnings : [`p99 needs ${SAMPLES_FOR_P99} samples`]),
    ],
  };
  return { summary, median: clustered };
}

/** Nothing of a quantile that falls among the failures. */
function quantile<Name extends string>(name: Name, { value, ci95 }: Statistic) {
  type Figures = { readonly [key in `${Name}Ms`]?: number } & { readonly [key in `${Name}Ci95`]?: Interval };
  if (!Number.isFinite(value)) return {} as Figures;
  return { [`${name}Ms`]: value, ...(ci95 && { [`${name}Ci95`]: ci95 }) } as Figures;
}

function summariseGood(samples: readonly GoodSample[]) {
  const boots = splitByBoot(samples).map((boot) => boot.map(({ latencyMs }) => latencyMs));
  const { values } = sortByValue(boots);
  const [minMs, maxMs] = [quantileSorted(values, 0), quantileSorted(values, 1)];
  const isOutlier = outlierRule(values);
  return {
    minMs,
    okP50Ms: quantileSorted(values, 0.5),
    maxMs,
    madMs: medianDeviation(values),
    rangeMs: maxMs - minMs,
    drift: driftOver(boots.map((boot) => median(boot))),
    outliers: samples.flatMap(({ boot, cycle, deviceId, latencyMs }) =>
      isOutlier(latencyMs) ? [{ boot, cycle, deviceId, latencyMs }] : [],
    ),
  };
}
