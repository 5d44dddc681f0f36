import { SCHEMA_VERSION } from '../record/stored-json.ts';
import type { History, LevelChange, Regression, Segment, Series, ShareRise } from './history.ts';

/** What `bench history --json` prints: a `History` with keys as in the files of a run directory. */
export function historyJson({ directory, runs, skipped, series }: History) {
  return { schema_version: SCHEMA_VERSION, directory, n_runs: runs, skipped, series: series.map(seriesJson) };
}

function seriesJson(series: Series) {
  return {
    host: series.host,
    scenario: series.scenario,
    variant: series.variant,
    operation: series.operation,
    device_id: series.deviceId,
    accelerator: series.accelerator,
    clock: series.clock,
    boot_mode: series.bootMode,
    current: series.current,
    regression: series.regression ? regressionJson(series.regression) : null,
    accepted: series.accepted
      ? { baseline: series.accepted.baseline, ...regressionJson(series.accepted.change) }
      : null,
    failing: series.failing ? riseJson(series.failing) : null,
    accepted_failing: series.acceptedFailing
      ? { baseline: series.acceptedFailing.baseline, ...riseJson(series.acceptedFailing.rise) }
      : null,
    points: series.points.map(({ run, boots, samples, tried, failures, p50Ms, ci95Ms }) => ({
      run_id: run.runId,
      started_at: run.startedAt.toISOString(),
      n_boots: boots,
      n_samples: samples,
      n_tried: tried,
      failures,
      p50_ms: p50Ms ?? null,
      p50_ci95_ms: ci95Ms ? { low: ci95Ms[0], high: ci95Ms[1] } : null,
    })),
    segments: series.segments.map(segmentJson),
  };
}

/** `start` and `end` are indices into the series' points; `end` is the first after the segment. */
function segmentJson({ start, end, beginning, medianMs, phases }: Segment) {
  return {
    start,
    end,
    began: beginning.kind,
    environment: beginning.kind === 'environment' ? beginning.changes : [],
    change: beginning.kind === 'change' ? changeJson(beginning) : null,
    median_ms: medianMs ?? null,
    phases: phases.map(({ phase, durationMs }) => ({ phase, duration_ms: durationMs })),
  };
}

/** `ratio` is that of the first change; `ratio_to_accepted` that of the level now. */
function regressionJson({ later, beforeMs, nowMs, ...change }: Regression) {
  return {
    ...changeJson(change),
    later: later.map(changeJson),
    accepted_ms: beforeMs,
    now_ms: nowMs,
    ratio_to_accepted: nowMs / beforeMs,
  };
}

function riseJson({ runId, date, before, first, now }: ShareRise) {
  return {
    run_id: runId,
    started_at: date.toISOString(),
    failure_rate_before: before,
    failure_rate_first: first,
    failure_rate_now: now,
  };
}

function changeJson({ runId, date, ratio, pValue, phase }: LevelChange) {
  return {
    run_id: runId,
    started_at: date.toISOString(),
    ratio,
    p_value: pValue,
    phase: phase ? { phase: phase.phase, before_ms: phase.beforeMs, after_ms: phase.afterMs } : null,
  };
}
