import type { Findings } from '../findings/findings.ts';
import type { Race } from '../statistics/boot-race.ts';
import type { BurstSummary } from '../statistics/bursts.ts';
import type { Censoring } from '../statistics/censoring.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { Drift } from '../statistics/drift.ts';
import type { Fit } from '../statistics/fit.ts';
import type { Estimate } from '../statistics/least-squares.ts';
import type { Waterfall } from '../statistics/phase-summary.ts';
import type { SideBySide } from '../statistics/side-by-side.ts';
import type { DeadlineSummary, OperationSummary } from '../statistics/summary.ts';
import { comparisonJson } from './comparison-json.ts';
import { SCHEMA_VERSION } from './stored-json.ts';
import { versionTablesJson } from './version-tables-json.ts';

/**
 * `summary.json`: what was found, with keys as in the CSV files. Milliseconds where a name ends in `_ms`.
 *
 * @param withBaseline what a comparison with another run came to, where there was one
 */
export function summaryJson(
  runId: string,
  { summaries, waterfalls, fits, bursts, races, sideBySide, comparisons, versionTables }: Omit<Findings, 'facts'>,
  withBaseline: readonly Comparison[] = [],
) {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: runId,
    clock: [...new Set(summaries.map(({ clock }) => clock))].join(' and ') || 'real',
    operations: summaries.map((summary) => ({
      scenario: summary.scenario,
      variant: summary.variant,
      operation: summary.operation,
      device_id: summary.device ?? '',
      boot_mode: summary.bootMode,
      clock: summary.clock,
      n_boots: summary.boots,
      n_samples: summary.samples,
      failures: summary.failures,
      n_tried: summary.tried,
      failure_rate: summary.failureRate?.value ?? null,
      failure_rate_ci95: intervalJson(summary.failureRate),
      outcomes: summary.outcomes,
      censored: summary.censoring ? censoringJson(summary.censoring) : null,
      min_ms: summary.latency?.minMs ?? null,
      p50_ms: summary.latency?.p50Ms ?? null,
      p50_ci95_ms: rangeJson(summary.latency?.p50Ci95),
      p90_ms: summary.latency?.p90Ms ?? null,
      p90_ci95_ms: rangeJson(summary.latency?.p90Ci95),
      p95_ms: summary.latency?.p95Ms ?? null,
      p95_ci95_ms: rangeJson(summary.latency?.p95Ci95),
      p99_ms: summary.latency?.p99Ms ?? null,
      p99_ci95_ms: rangeJson(summary.latency?.p99Ci95),
      ok_p50_ms: summary.latency?.okP50Ms ?? null,
      max_ms: summary.latency?.maxMs ?? null,
      range_ms: summary.latency?.rangeMs ?? null,
      mad_ms: summary.latency?.madMs ?? null,
      drift: summary.latency ? driftJson(summary.latency.drift) : null,
      outliers: (summary.latency?.outliers ?? []).map(({ boot, cycle, deviceId, latencyMs }) => ({
        boot,
        cycle,
        device_id: deviceId,
        latency_ms: latencyMs,
      })),
      ratio_to_reference: summary.ratioToReference ?? null,
      ratio_to_reference_ci95: rangeJson(summary.ratioToReferenceCi95),
      deadline: summary.deadline ? deadlineJson(summary.deadline) : null,
      phases: phasesJson(waterfalls.find((waterfall) => isAbout(waterfall, summary))),
      warnings: [...summary.warnings, ...(summary.latency?.warnings ?? [])],
    })),
    fits: fits.map(fitJson),
    bursts: burstsJson(bursts),
    races: racesJson(races),
    side_by_side: sideBySideJson(sideBySide),
    versions: versionTablesJson(versionTables),
    comparisons: [
      ...comparisons.map((comparison) => ({ with: 'reference', ...comparisonJson(comparison) })),
      ...withBaseline.map((comparison) => ({ with: 'baseline', ...comparisonJson(comparison) })),
    ],
  };
}

function fitJson({ scenario, latency, against, series, points, line, phases, warnings }: Fit) {
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
    phases: phases.map(({ phase, slope }) => ({ phase, slope: slope.value, slope_ci95: intervalJson(slope) })),
    n_boots: points.reduce((sum, { boots }) => sum + boots, 0),
    points: points.map(({ x, boots, medianMs }) => ({ x, n_boots: boots, median_ms: medianMs })),
    warnings,
  };
}

function censoringJson({ samples, of, aboveMs, quantiles, reason }: Censoring) {
  return { n_samples: samples, n_of: of, above_ms: aboveMs ?? null, quantiles, reason };
}

function deadlineJson({ limitMs, samples, missed, missedShare }: DeadlineSummary) {
  return {
    limit_ms: limitMs,
    n_samples: samples,
    missed,
    missed_share: missedShare?.value ?? null,
    missed_share_ci95: intervalJson(missedShare),
  };
}

function driftJson({ driftMs, pValue }: Drift) {
  return { drift_ms: driftMs, p_value: pValue };
}

function intervalJson(estimate: Estimate | undefined) {
  return rangeJson(estimate?.ci95);
}

function rangeJson(range: readonly [number, number] | undefined) {
  return range ? { low: range[0], high: range[1] } : null;
}

function isAbout(waterfall: Waterfall, summary: OperationSummary): boolean {
  return (
    waterfall.scenario === summary.scenario &&
    waterfall.variant === summary.variant &&
    waterfall.operation === summary.operation &&
    waterfall.bootMode === summary.bootMode &&
    waterfall.device === summary.device
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

/** Several devices at once, for `summary.json`. */
function burstsJson(bursts: readonly BurstSummary[]) {
  return bursts.map(({ scenario, variant, operation, size, devices, bursts: n, complete, figures }) => ({
    scenario,
    variant,
    operation,
    device: devices ?? '',
    n_devices: size,
    n_bursts: n,
    n_complete: complete,
    device_p50_ms: figures?.perDeviceMs ?? null,
    first_p50_ms: figures?.firstMs ?? null,
    last_p50_ms: figures?.lastMs ?? null,
  }));
}

/** Plugs during the boot, for `summary.json`. */
function racesJson(races: readonly Race[]) {
  return races.map(({ scenario, variant, n, readyMs, bins }) => ({
    scenario,
    variant,
    n_samples: n,
    ready_ms: readyMs ?? null,
    bins: bins.map(({ fromMs, toMs, n: samples, outcomes, early, ok }) => ({
      from_ms: fromMs,
      to_ms: toMs,
      n_samples: samples,
      outcomes,
      ok_early: early,
      failure_rate: ok ? 1 - ok.value : null,
      failure_rate_ci95: ok?.ci95 ? { low: 1 - ok.ci95[1], high: 1 - ok.ci95[0] } : null,
    })),
  }));
}

/** What `summary.json` says of machines that ran side by side. */
function sideBySideJson(found: readonly SideBySide[]) {
  return found.map(({ scenario, operation, jobs, verdict, ratio, pValue, variants }) => ({
    scenario,
    operation,
    jobs,
    verdict,
    ratio,
    p_value: pValue,
    variants: variants.map((one) => ({
      variant: one.variant,
      n_boots_alone: one.bootsAlone,
      n_boots_side_by_side: one.bootsSideBySide,
      ratio: one.ratio,
    })),
  }));
}
