import { z } from 'zod';
import { type Comparison, type DeadlineCounts, type SideSummary, VERDICTS } from '../statistics/comparison.ts';
import type { Estimate } from '../statistics/least-squares.ts';
import type { Statistic } from '../statistics/statistic.ts';
import { OPERATIONS } from '../vocabulary.ts';

/** A comparison with keys as in the files of a run directory. Milliseconds where a name ends in `_ms`. */
export function comparisonJson(comparison: Comparison) {
  const { latency, failures, deadline, slow, threshold } = comparison;
  return {
    scenario: comparison.scenario,
    variant: comparison.variant,
    operation: comparison.operation,
    device_id: comparison.deviceId ?? null,
    verdict: comparison.verdict,
    reason: comparison.reason,
    base: sideJson(comparison.base),
    current: comparison.current ? sideJson(comparison.current) : null,
    latency: latency
      ? {
          ratio: latency.ratio.value,
          ratio_ci95: intervalJson(latency.ratio),
          difference_ms: latency.differenceMs.value,
          difference_ci95_ms: intervalJson(latency.differenceMs),
          shift_ms: latency.shiftMs,
          cliffs_delta: latency.cliffsDelta,
          p_value: latency.pValue,
          adjusted_p_value: latency.adjustedPValue,
          method: latency.method,
          between_runs: latency.betweenRuns ? { sd: latency.betweenRuns.sd, n_runs: latency.betweenRuns.runs } : null,
          detectable_ratio: latency.detectableRatio ?? null,
        }
      : null,
    failures: failures
      ? {
          base_failed_boots: failures.baseFailedBoots,
          current_failed_boots: failures.currentFailedBoots,
          adjusted_p_value: failures.adjustedPValue,
        }
      : null,
    deadline: deadline
      ? {
          limit_ms: deadline.limitMs,
          base: deadlineCountsJson(deadline.base),
          current: deadlineCountsJson(deadline.current),
          adjusted_p_value: deadline.adjustedPValue,
        }
      : null,
    slow: slow
      ? {
          ratio: slow.ratio,
          base_slow: slow.baseSlow,
          current_slow: slow.currentSlow,
          base_p90_ms: slow.baseP90Ms,
          current_p90_ms: slow.currentP90Ms,
          adjusted_p_value: slow.adjustedPValue,
        }
      : null,
    detect: comparison.detect ?? null,
    disturbed: comparison.disturbed ?? [],
    phases: comparison.phases.map(({ phase, baseMs, currentMs, differenceMs, adjustedPValue }) => ({
      phase,
      base_ms: baseMs,
      current_ms: currentMs,
      difference_ms: differenceMs,
      adjusted_p_value: adjustedPValue ?? null,
    })),
    more_boots: comparison.moreBoots ?? null,
    threshold: { relative: threshold.relative, absolute_ms: threshold.absoluteMs },
    differences: comparison.differences,
    warnings: comparison.warnings,
  };
}

function deadlineCountsJson({ samples, missed, boots, missedBoots }: DeadlineCounts) {
  return { n_samples: samples, missed, n_boots: boots, missed_boots: missedBoots };
}

function sideJson({ label, boots, samples, failures, medianMs }: SideSummary) {
  return { label, n_boots: boots, n_samples: samples, failures, median_ms: medianMs ?? null };
}

function intervalJson({ ci95 }: Estimate) {
  return ci95 ? { low: ci95[0], high: ci95[1] } : null;
}

const interval = z.object({ low: z.number(), high: z.number() }).nullable();

const side = z
  .object({
    label: z.string(),
    n_boots: z.number(),
    n_samples: z.number(),
    failures: z.number(),
    median_ms: z.number().nullable(),
  })
  .transform(({ label, n_boots: boots, n_samples: samples, failures, median_ms: medianMs }) => ({
    ...{ label, boots, samples, failures },
    ...(medianMs !== null && { medianMs }),
  }));

const latency = z
  .object({
    ratio: z.number(),
    ratio_ci95: interval,
    difference_ms: z.number(),
    difference_ci95_ms: interval,
    shift_ms: z.number(),
    cliffs_delta: z.number(),
    p_value: z.number(),
    adjusted_p_value: z.number(),
    /** `welch-t` in files from before December 2026. */
    method: z
      .enum(['permutation', 't', 'between-runs', 'welch-t'])
      .transform((method) => (method === 'welch-t' ? 't' : method)),
    between_runs: z.object({ sd: z.number(), n_runs: z.number() }).nullish(),
    detectable_ratio: z.number().nullish(),
  })
  .transform((stored) => ({
    ratio: statistic(stored.ratio, stored.ratio_ci95),
    differenceMs: statistic(stored.difference_ms, stored.difference_ci95_ms),
    shiftMs: stored.shift_ms,
    cliffsDelta: stored.cliffs_delta,
    pValue: stored.p_value,
    adjustedPValue: stored.adjusted_p_value,
    method: stored.method,
    ...(stored.between_runs && { betweenRuns: { sd: stored.between_runs.sd, runs: stored.between_runs.n_runs } }),
    ...(stored.detectable_ratio != null && { detectableRatio: stored.detectable_ratio }),
  }));

const failures = z
  .object({ base_failed_boots: z.number(), current_failed_boots: z.number(), adjusted_p_value: z.number() })
  .transform((stored) => ({
    baseFailedBoots: stored.base_failed_boots,
    currentFailedBoots: stored.current_failed_boots,
    adjustedPValue: stored.adjusted_p_value,
  }));

const deadlineCounts = z
  .object({ n_samples: z.number(), missed: z.number(), n_boots: z.number(), missed_boots: z.number() })
  .transform((stored) => ({
    samples: stored.n_samples,
    missed: stored.missed,
    boots: stored.n_boots,
    missedBoots: stored.missed_boots,
  }));

const deadline = z
  .object({ limit_ms: z.number(), base: deadlineCounts, current: deadlineCounts, adjusted_p_value: z.number() })
  .transform((stored) => ({
    limitMs: stored.limit_ms,
    base: stored.base,
    current: stored.current,
    adjustedPValue: stored.adjusted_p_value,
  }));

const slow = z
  .object({
    ratio: z.number(),
    base_slow: z.number(),
    current_slow: z.number(),
    base_p90_ms: z.number(),
    current_p90_ms: z.number(),
    adjusted_p_value: z.number(),
  })
  .transform((stored) => ({
    ratio: stored.ratio,
    baseSlow: stored.base_slow,
    currentSlow: stored.current_slow,
    baseP90Ms: stored.base_p90_ms,
    currentP90Ms: stored.current_p90_ms,
    adjustedPValue: stored.adjusted_p_value,
  }));

const phase = z
  .object({
    phase: z.string(),
    base_ms: z.number(),
    current_ms: z.number(),
    difference_ms: z.number(),
    adjusted_p_value: z.number().nullable(),
  })
  .transform((stored) => ({
    phase: stored.phase,
    baseMs: stored.base_ms,
    currentMs: stored.current_ms,
    differenceMs: stored.difference_ms,
    ...(stored.adjusted_p_value !== null && { adjustedPValue: stored.adjusted_p_value }),
  }));

/**
 * A comparison as `comparisonJson` writes it. The warnings of single figures are among those of the comparison, and are not
 * stored once more.
 */
export const storedComparison = z
  .object({
    scenario: z.string(),
    variant: z.string(),
    operation: z.enum(OPERATIONS),
    device_id: z.string().nullable(),
    /** `inconclusive` in files from before December 2026. */
    verdict: z.preprocess((verdict) => (verdict === 'inconclusive' ? 'undecided' : verdict), z.enum(VERDICTS)),
    reason: z.string(),
    base: side,
    current: side.nullable(),
    latency: latency.nullable(),
    failures: failures.nullable(),
    /** Absent in files from before there was one. */
    deadline: deadline.nullish(),
    slow: slow.nullish(),
    detect: z.number().nullish(),
    disturbed: z.array(z.string()).optional(),
    phases: z.array(phase),
    more_boots: z.number().nullable(),
    threshold: z.object({ relative: z.number(), absolute_ms: z.number() }),
    differences: z.array(z.string()),
    warnings: z.array(z.string()),
  })
  .transform(
    (stored): Comparison => ({
      scenario: stored.scenario,
      variant: stored.variant,
      operation: stored.operation,
      ...(stored.device_id !== null && { deviceId: stored.device_id }),
      base: stored.base,
      ...(stored.current && { current: stored.current }),
      verdict: stored.verdict,
      reason: stored.reason,
      ...(stored.latency && { latency: stored.latency }),
      ...(stored.failures && { failures: stored.failures }),
      ...(stored.deadline && { deadline: stored.deadline }),
      ...(stored.slow && { slow: stored.slow }),
      ...(stored.detect != null && { detect: stored.detect }),
      ...(stored.disturbed && stored.disturbed.length > 0 && { disturbed: stored.disturbed }),
      phases: stored.phases,
      ...(stored.more_boots !== null && { moreBoots: stored.more_boots }),
      threshold: { relative: stored.threshold.relative, absoluteMs: stored.threshold.absolute_ms },
      differences: stored.differences,
      warnings: stored.warnings,
    }),
  );

function statistic(value: number, ci95: z.output<typeof interval>): Statistic {
  return { value, ...(ci95 && { ci95: [ci95.low, ci95.high] as const }), warnings: [] };
}
