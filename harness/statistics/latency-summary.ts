import { median, quantileSorted } from 'simple-statistics';
import type { GoodSample } from '../vocabulary.ts';
import { sortByValue } from './by-boot.ts';
import { type Drift, driftOver } from './drift.ts';
import { splitByBoot } from './groups.ts';
import { type ClusteredMedian, clusteredMedian, medianInterval } from './median-interval.ts';
import { medianDeviation, outlierRule } from './spread.ts';
import { tailQuantile } from './tail-quantile.ts';

/** Low and high end of a 95 % confidence interval that is clustered by boot. */
type Interval = readonly [number, number];

/**
 * Latencies of one operation of one variant, in milliseconds. Only measured (not warm-up) samples that were `ok`. An
 * interval is absent where there are too few boots for it; `warnings` then says how many it takes.
 */
export interface LatencySummary {
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p50Ci95?: Interval;
  readonly p90Ms: number;
  readonly p90Ci95?: Interval;
  readonly p95Ms: number;
  readonly p95Ci95?: Interval;
  /** Absent with fewer than 299 samples. */
  readonly p99Ms?: number;
  readonly p99Ci95?: Interval;
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

/** Of samples in order of execution, at least one. */
export function summariseLatency(samples: readonly GoodSample[]): SummarisedLatency {
  const boots = splitByBoot(samples).map((boot) => boot.map(({ latencyMs }) => latencyMs));
  const sorted = sortByValue(boots);
  const { values } = sorted;
  const clustered = clusteredMedian(boots, sorted);
  const [p50, p90, p95] = [
    medianInterval(clustered),
    tailQuantile(boots, sorted, 0.9),
    tailQuantile(boots, sorted, 0.95),
  ];
  const p99 = values.length < SAMPLES_FOR_P99 ? undefined : tailQuantile(boots, sorted, 0.99);
  const [minMs, maxMs] = [quantileSorted(values, 0), quantileSorted(values, 1)];
  const isOutlier = outlierRule(values);
  const summary: LatencySummary = {
    minMs,
    p50Ms: p50.value,
    ...(p50.ci95 && { p50Ci95: p50.ci95 }),
    p90Ms: p90.value,
    ...(p90.ci95 && { p90Ci95: p90.ci95 }),
    p95Ms: p95.value,
    ...(p95.ci95 && { p95Ci95: p95.ci95 }),
    ...(p99 && { p99Ms: p99.value, ...(p99.ci95 && { p99Ci95: p99.ci95 }) }),
    maxMs,
    madMs: medianDeviation(values),
    rangeMs: maxMs - minMs,
    drift: driftOver(boots.map((boot) => median(boot))),
    outliers: samples.flatMap(({ boot, cycle, deviceId, latencyMs }) =>
      isOutlier(latencyMs) ? [{ boot, cycle, deviceId, latencyMs }] : [],
    ),
    warnings: [
      ...[p50, p90, p95].flatMap(({ warnings }) => warnings),
      ...(p99 ? p99.warnings : [`p99 needs ${SAMPLES_FOR_P99} samples`]),
    ],
  };
  return { summary, median: clustered };
}
