import type { Findings } from '../statistics/findings.ts';
import type { Fit } from '../statistics/fit.ts';
import type { Estimate } from '../statistics/least-squares.ts';
import type { Waterfall } from '../statistics/phase-summary.ts';
import type { OperationSummary } from '../statistics/summary.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

/** `summary.json`: what `summarise` found, with keys as in the CSV files. Milliseconds where a name ends in `_ms`. */
export function summaryJson(runId: string, { summaries, waterfalls, fits }: Omit<Findings, 'facts'>) {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: runId,
    clock: 'real',
    operations: summaries.map((summary) => ({
      scenario: summary.scenario,
      variant: summary.variant,
      operation: summary.operation,
      n_boots: summary.boots,
      n_samples: summary.samples,
      failures: summary.failures,
      failure_rate: summary.failures / summary.samples,
      outcomes: summary.outcomes,
      min_ms: summary.latency?.minMs ?? null,
      p50_ms: summary.latency?.p50Ms ?? null,
      p90_ms: summary.latency?.p90Ms ?? null,
      p95_ms: summary.latency?.p95Ms ?? null,
      max_ms: summary.latency?.maxMs ?? null,
      ratio_to_reference: summary.ratioToReference ?? null,
      deadline: summary.deadline ? { limit_ms: summary.deadline.limitMs, missed: summary.deadline.missed } : null,
      phases: phasesJson(waterfalls.find((waterfall) => isAbout(waterfall, summary))),
      warnings: summary.warnings,
    })),
    fits: fits.map(fitJson),
  };
}

function fitJson({ scenario, latency, against, series, points, line, warnings }: Fit) {
  return {
    scenario,
    series,
    operation: latency,
    against,
    unit: `ms per ${against}`,
    slope: line ? line.slope.value : null,
    slope_ci95: intervalJson(line?.slope),
    intercept_ms: line ? line.intercept.value : null,
    intercept_ci95_ms: intervalJson(line?.intercept),
    residual_sd_ms: line?.residualSd ?? null,
    n_boots: points.reduce((sum, { boots }) => sum + boots, 0),
    points: points.map(({ x, boots, medianMs }) => ({ x, n_boots: boots, median_ms: medianMs })),
    warnings,
  };
}

function intervalJson(estimate: Estimate | undefined) {
  return estimate?.ci95 ? { low: estimate.ci95[0], high: estimate.ci95[1] } : null;
}

function isAbout(waterfall: Waterfall, summary: OperationSummary): boolean {
  return (
    waterfall.scenario === summary.scenario &&
    waterfall.variant === summary.variant &&
    waterfall.operation === summary.operation
  );
}

/** Null where no sample was `ok`. */
function phasesJson(waterfall: Waterfall | undefined) {
  if (!waterfall) return null;
  return {
    unattributed_share: waterfall.unattributedShare,
    medians: waterfall.phases.map(({ name, kind, startMs, durationMs }) => ({
      phase: name,
      kind,
      start_ms: startMs,
      duration_ms: durationMs,
    })),
  };
}
