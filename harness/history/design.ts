import { ASSUMED_BETWEEN_RUNS, type BetweenRuns } from '../statistics/between-runs.ts';
import type { ComparedMetric } from '../statistics/comparison.ts';
import { ERROR_BUDGET } from '../statistics/error-budget.ts';
import { bootsToFind, detectableWith } from '../statistics/verdict.ts';
import type { SpreadOfSeries } from './learnt-spread.ts';

/** What can be found of one metric, and what it takes. */
export interface MetricDesign {
  readonly metric: ComparedMetric;
  readonly medianMs: number | undefined;
  readonly between: BetweenRuns;
  /** Standard deviation of single boots on the logarithmic scale; undefined where no run has told. */
  readonly bootSd: number | undefined;
  /** Boots a run that it was planned for. */
  readonly boots: number;
  /** The smallest slowdown found in four of five comparisons of two runs of so many boots, as a share. */
  readonly detectable: number | undefined;
  /** Boots a run that it takes for the slowdown asked for; undefined where no number would do. */
  readonly bootsNeeded: number | undefined;
}

export interface Design {
  /** The slowdown that is not to be missed, as a share. */
  readonly detect: number;
  readonly metrics: readonly MetricDesign[];
  /** Boots with which everything is found that can be; at least the planned ones. */
  readonly boots: number;
}

/** A job has an end: more boots than this of each variant are not advised. */
const MOST_BOOTS_A_RUN = 40;

/**
 * What two runs of these series can show, from what earlier runs have taught. Each metric is one of all that are compared in
 * one go, and pays for that (`error-budget.ts`).
 *
 * Limit: boots to come are taken to scatter like those that were seen.
 *
 * @param planned boots a run; absent: as many as the newest run of each series had
 */
export function designOf(series: readonly SpreadOfSeries[], detect: number, planned?: number): Design {
  const level = ERROR_BUDGET.latency / Math.max(1, series.length);
  const metrics = series.map(({ metric, medianMs, between = ASSUMED_BETWEEN_RUNS, ofBoots, boots: newest }) => {
    const boots = planned ?? newest;
    return {
      metric,
      medianMs,
      between,
      bootSd: ofBoots && Math.sqrt(ofBoots.variance),
      boots,
      detectable: ofBoots && boots > 1 ? detectableWith(boots, level, ofBoots, between) - 1 : undefined,
      bootsNeeded: ofBoots && bootsToFind(detect, level, ofBoots, between),
    };
  });
  const needed = metrics.flatMap(({ bootsNeeded }) =>
    bootsNeeded !== undefined && bootsNeeded <= MOST_BOOTS_A_RUN ? [bootsNeeded] : [],
  );
  return { detect, metrics, boots: Math.max(planned ?? 0, ...metrics.map(({ boots }) => boots), ...needed) };
}

/** Metrics of which a slowdown of the size asked for would be missed too often, also with the boots advised. */
export function outOfReach({ metrics, boots }: Design): readonly MetricDesign[] {
  return metrics.filter(({ bootsNeeded }) => bootsNeeded === undefined || bootsNeeded > boots);
}
