import { SCHEMA_VERSION } from '../record/stored-json.ts';
import type { History, LevelChange, Segment, Series } from './history.ts';

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
    regression: series.regression ? changeJson(series.regression) : null,
    accepted: series.accepted ? { baseline: series.accepted.baseline, ...changeJson(series.accepted.change) } : null,
    points: series.points.map(({ run, boots, samples, failures, p50Ms, ci95Ms }) => ({
      run_id: run.runId,
      started_at: run.startedAt.toISOString(),
      n_boots: boots,
      n_samples: samples,
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

function changeJson({ runId, date, ratio, pValue, phase }: LevelChange) {
  return {
    run_id: runId,
    started_at: date.toISOString(),
    ratio,
    p_value: pValue,
    phase: phase ? { phase: phase.phase, before_ms: phase.beforeMs, after_ms: phase.afterMs } : null,
  };
}
