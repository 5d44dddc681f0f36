import type { Comparison, DeadlineCounts, SideSummary } from '../statistics/comparison.ts';
import type { Estimate } from '../statistics/least-squares.ts';

/** A comparison with keys as in the files of a run directory. Milliseconds where a name ends in `_ms`. */
export function comparisonJson(comparison: Comparison) {
  const { latency, failures, deadline, threshold } = comparison;
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
