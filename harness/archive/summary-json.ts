import type { OperationSummary } from '../statistics/summary.ts';
import { SCHEMA_VERSION } from './run-json.ts';

/** `summary.json`: what `summarise` found, with keys as in the CSV files. Milliseconds where a name ends in `_ms`. */
export function summaryJson(runId: string, summaries: readonly OperationSummary[]) {
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
      warnings: summary.warnings,
    })),
  };
}
