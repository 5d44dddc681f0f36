import { z } from 'zod';
import type { Result } from '../result.ts';
import { OPERATIONS } from '../vocabulary.ts';
import { storedComparison } from './comparison-json.ts';
import { readStored, storedNumber, storedText, storedTexts, type Unreadable } from './stored-json.ts';
import { storedVersionTable } from './version-tables-json.ts';

/**
 * `summary.json`: the one schema by which everybody reads what `summary-json.ts` writes. More in it is fine, and what later
 * versions added is optional. A list in a form that this version does not know is left out: the rest is worth having.
 */
export const SUMMARY_FILE = 'summary.json';

const interval = z
  .object({ low: z.number(), high: z.number() })
  .nullish()
  .transform((value) => value ?? undefined);

const phase = z.object({
  phase: z.string(),
  kind: z.enum(['host', 'guest', 'fixed-wait']),
  start_ms: z.number(),
  duration_ms: z.number(),
});

const operation = z.object({
  scenario: z.string(),
  variant: z.string(),
  operation: z.enum(OPERATIONS),
  device_id: storedText,
  boot_mode: z.string().default('fresh'),
  clock: z.string().default('real'),
  n_boots: z.number(),
  n_samples: z.number(),
  /** Absent in runs of earlier versions, whose failures are of all samples and whose quantiles are of good ones only. */
  n_tried: storedNumber,
  failures: z.number(),
  failure_rate: storedNumber,
  failure_rate_ci95: interval,
  censored: z
    .object({ n_samples: z.number(), above_ms: storedNumber, reason: z.string() })
    .nullish()
    .transform((value) => value ?? undefined),
  outcomes: z.record(z.string(), z.number()),
  min_ms: storedNumber,
  p50_ms: z
    .number()
    .positive()
    .nullish()
    .transform((value) => value ?? undefined),
  p50_ci95_ms: interval,
  p90_ms: storedNumber,
  p95_ms: storedNumber,
  ok_p50_ms: storedNumber,
  max_ms: storedNumber,
  ratio_to_reference: storedNumber,
  ratio_to_reference_ci95: interval,
  drift: z.object({ drift_ms: z.number(), p_value: z.number() }).nullish(),
  deadline: z.object({ limit_ms: z.number(), missed: z.number() }).nullish(),
  phases: z
    .object({
      unattributed_share: storedNumber,
      medians: z.array(phase),
    })
    .nullish(),
  warnings: storedTexts,
});

export const summaryFile = z.object({
  operations: z.array(operation),
  fits: z
    .array(
      z.object({
        scenario: z.string(),
        series: z.string(),
        operation: z.string(),
        against: z.string(),
        slope: storedNumber,
        slope_ci95: interval,
        intercept_ms: storedNumber,
        intercept_ci95_ms: interval,
        residual_sd_ms: storedNumber,
        phases: z.array(z.object({ phase: z.string(), slope: z.number(), slope_ci95: interval })).default([]),
        points: z.array(z.object({ x: z.number(), n_boots: z.number(), median_ms: z.number() })).default([]),
        warnings: storedTexts,
      }),
    )
    .default([]),
  bursts: z
    .array(
      z.object({
        scenario: z.string(),
        variant: z.string(),
        operation: z.enum(OPERATIONS),
        device: z.string().default(''),
        n_devices: z.number(),
        n_bursts: z.number(),
        n_complete: z.number(),
        device_p50_ms: storedNumber,
        first_p50_ms: storedNumber,
        last_p50_ms: storedNumber,
      }),
    )
    .default([])
    // A form that this version does not know is left out, not an error: the rest of the report is worth having.
    .catch([]),
  races: z
    .array(
      z.object({
        scenario: z.string(),
        variant: z.string(),
        ready_ms: z
          .object({ earliest: z.number(), latest: z.number() })
          .nullish()
          .transform((value) => value ?? undefined),
        bins: z.array(
          z.object({
            from_ms: z.number(),
            to_ms: z.number(),
            n_samples: z.number(),
            outcomes: z.record(z.string(), z.number()),
            ok_early: storedNumber,
            failure_rate: storedNumber,
            failure_rate_ci95: interval,
          }),
        ),
      }),
    )
    .default([])
    .catch([]),
  versions: z.array(storedVersionTable).default([]).catch([]),
  comparisons: z
    .array(z.intersection(z.object({ with: z.enum(['reference', 'baseline']) }), storedComparison))
    .default([])
    .catch([]),
});
export type SummaryFile = z.output<typeof summaryFile>;

/**
 * What is read over many runs: the same schema without what takes long, such as making nothing of every null, which would be
 * two thirds of the time.
 */
const manyRunsSummary = z.object({
  operations: z.array(
    operation
      .pick({ scenario: true, variant: true, operation: true, boot_mode: true })
      .extend(operation.pick({ n_boots: true, n_samples: true, failures: true }).shape)
      .extend({
        device_id: operation.shape.device_id.in,
        n_tried: operation.shape.n_tried.in,
        outcomes: z.object({ aborted: z.number().optional() }).optional(),
        p50_ms: operation.shape.p50_ms.in,
        p50_ci95_ms: operation.shape.p50_ci95_ms.in,
        phases: z.object({ medians: z.array(phase.pick({ phase: true, duration_ms: true })) }).nullish(),
      }),
  ),
});
export type ManyRunsSummary = z.output<typeof manyRunsSummary>;

/** The whole of a run directory's `summary.json`. */
export function readSummary(directory: string): Result<SummaryFile, Unreadable> {
  return readStored(directory, SUMMARY_FILE, summaryFile);
}

/** The part of it that is read over many runs. */
export function readManyRunsSummary(directory: string): Result<ManyRunsSummary, Unreadable> {
  return readStored(directory, SUMMARY_FILE, manyRunsSummary);
}
