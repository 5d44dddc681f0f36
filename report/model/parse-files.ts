import { z } from 'zod';
import { storedComparison } from '../../harness/record/parse-comparison.ts';
import { storedVersionTable } from '../../harness/record/parse-version-tables.ts';

/** The parts of `run.json`, `summary.json` and `facts.json` that a report shows. More in them is fine: names only grow. */

const number = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const texts = z.array(z.string()).default([]);
const interval = z
  .object({ low: z.number(), high: z.number() })
  .nullish()
  .transform((value) => value ?? undefined);

export const runJson = z.object({
  run_id: z.string(),
  status: z.string(),
  tool: z.object({ version: z.string(), commit: z.string() }),
  command_line: z.array(z.string()),
  seed: z.number(),
  started_at: z.string(),
  finished_at: z.string().nullish(),
  clock: z.string().default('real'),
  host: z.record(z.string(), z.unknown()),
  scenarios: z.array(
    z.object({ name: z.string(), file: text, question: text, reference: z.string().nullish(), source: text }),
  ),
  variants: z.array(
    z.object({
      scenario: z.string(),
      name: z.string(),
      topology: z.string(),
      topology_options: z.record(z.string(), z.unknown()).default({}),
      guest: z.object({
        cpus: z.number(),
        memory_mib: z.number(),
        iommu: z.boolean().default(false),
        parameters: z.record(z.string(), z.string().nullable()).default({}),
        kernel: z.object({ source: text, release: text, description: text }),
      }),
      machine: z.string().nullish(),
      qemu: z.string().nullish(),
      boot_mode: z.string().nullish(),
      clock: z.string().nullish(),
      accelerator: z.object({ asked: text, used: z.string(), why: text }),
      sampling: z.object({ boots: z.number(), cycles: z.number(), warmup: z.number() }),
      timeouts_ms: z.record(z.string(), z.number().nullable()).default({}),
      deadlines_ms: z.record(z.string(), z.number().nullable()).default({}),
      left_out: texts,
    }),
  ),
  boots: z
    .array(
      z.object({
        scenario: z.string(),
        variant: z.string(),
        boot: z.number(),
        clock_uncertainty_ms: number,
        failure: z.string().nullish(),
        losses: z.array(z.object({ kind: z.string(), meaning: text, count: z.number(), details: texts })).default([]),
        recording: z.string().nullish(),
        logs: z.string().nullish(),
      }),
    )
    .default([]),
  unavailable: z.array(z.object({ scenario: z.string(), variant: z.string(), reason: z.string() })).default([]),
  warnings: texts,
});
export type RunJson = z.infer<typeof runJson>;

const operation = z.enum(['boot', 'plug', 'unplug']);

export const summaryJson = z.object({
  operations: z.array(
    z.object({
      scenario: z.string(),
      variant: z.string(),
      operation,
      device_id: text,
      boot_mode: z.string().default('fresh'),
      clock: z.string().default('real'),
      n_boots: z.number(),
      n_samples: z.number(),
      failures: z.number(),
      outcomes: z.record(z.string(), z.number()),
      min_ms: number,
      p50_ms: number,
      p50_ci95_ms: interval,
      p90_ms: number,
      p95_ms: number,
      max_ms: number,
      ratio_to_reference: number,
      ratio_to_reference_ci95: interval,
      drift: z.object({ drift_ms: z.number(), p_value: z.number() }).nullish(),
      deadline: z.object({ limit_ms: z.number(), missed: z.number() }).nullish(),
      phases: z
        .object({
          unattributed_share: number,
          medians: z.array(
            z.object({
              phase: z.string(),
              kind: z.enum(['host', 'guest', 'fixed-wait']),
              start_ms: z.number(),
              duration_ms: z.number(),
            }),
          ),
        })
        .nullish(),
      warnings: texts,
    }),
  ),
  fits: z
    .array(
      z.object({
        scenario: z.string(),
        series: z.string(),
        operation: z.string(),
        against: z.string(),
        slope: number,
        slope_ci95: interval,
        intercept_ms: number,
        intercept_ci95_ms: interval,
        residual_sd_ms: number,
        points: z.array(z.object({ x: z.number(), n_boots: z.number(), median_ms: z.number() })).default([]),
        warnings: texts,
      }),
    )
    .default([]),
  bursts: z
    .array(
      z.object({
        scenario: z.string(),
        variant: z.string(),
        operation,
        device: z.string().default(''),
        n_devices: z.number(),
        n_bursts: z.number(),
        n_complete: z.number(),
        device_p50_ms: number,
        first_p50_ms: number,
        last_p50_ms: number,
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
            ok_early: number,
            failure_rate: number,
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
export type SummaryJson = z.infer<typeof summaryJson>;

const possibility = z.object({ possible: z.boolean().nullable(), why: text });

export const factsJson = z.object({
  variants: z.array(
    z.object({
      scenario: z.string(),
      variant: z.string(),
      slots_offered: number,
      slots_promised: number,
      slots_per_bus: z.record(z.string(), z.number()).default({}),
      slot_controllers: z.record(z.string(), z.string()).default({}),
      iommu: z
        .object({
          devices: z.array(
            z.object({
              device_id: z.string(),
              place: z.string(),
              group: number,
              shared_with: z.array(
                z.object({ place: z.string(), driver: z.string().nullable(), device_id: z.string().nullable() }),
              ),
            }),
          ),
          userspace_beside_kernel_driver: possibility,
          two_userspace_drivers: possibility.nullable(),
        })
        .nullish(),
      notes: texts,
    }),
  ),
});
export type FactsJson = z.infer<typeof factsJson>;
