import { z } from 'zod';
import { topologyOfToday } from '../machine/topology/former-names.ts';
import type { Result } from '../result.ts';
import type { PracticalThreshold } from '../statistics/comparison.ts';
import { FITTED_LATENCIES } from '../statistics/fit.ts';
import { ACCELERATOR_CHOICES } from '../variant.ts';
import { CLOCKS } from '../vocabulary.ts';
import { parseStored, readStored, SCHEMA_VERSION, type Unreadable, unreadText } from './stored-json.ts';

/**
 * `run.json`: what was run, on what, and how it ended. This is the one schema by which everybody reads it, and whose type
 * `run-json.ts` writes.
 *
 * What later versions added is optional, so that an old run directory stays readable. It has a default where what held
 * before is known, and none where it is not: to a history "not recorded" is another thing than "none".
 */
export const RUN_FILE = 'run.json';

const count = z.number().int().positive();
const text = z.string().default('');
const time = z.number().nullish();
const times = z.object({ boot: time, start: time, plug: time, unplug: time, 'until-usable': time });

const host = z.looseObject({
  hostname: z.string(),
  cpu_model: z.string(),
  cores: z.number(),
  memory_mib: z.number().nullish(),
  kernel: z.string(),
  qemu: z.string(),
  governor: z.string().nullish(),
  load: z.number().nullish(),
  microcode: z.string().nullish(),
});
export type StoredHost = z.output<typeof host>;

const noise = z.object({ what: z.string(), text: z.string() });
export type StoredNoise = z.output<typeof noise>;

const scenario = z.object({
  name: z.string(),
  file: text,
  question: text,
  reference: z.string().nullish(),
  threshold: z.object({ relative: z.number(), absolute_ms: z.number() }).nullish(),
  fits: z
    .array(
      z.object({
        latency: z.enum(FITTED_LATENCIES),
        against: z.string(),
        series: z.string(),
        members: z.array(z.object({ variant: z.string(), x: z.number() })),
      }),
    )
    .default([]),
  source: text,
});

const storedVariant = z.object({
  scenario: z.string(),
  name: z.string(),
  topology: z.string(),
  topology_options: z.record(z.string(), z.unknown()).default({}),
  machine: z.string().nullish(),
  qemu: z.string().nullish(),
  /** Absent where it has none of its own. */
  qemu_arguments: z.array(z.string()).optional(),
  qemu_version: z.string().nullish(),
  qemu_sha256: z.string().nullish(),
  qemu_package: z.unknown().optional(),
  firmware: z.string().nullish(),
  left_out: z.array(z.string()).nullish(),
  boot_mode: z.string().nullish(),
  clock: z.enum(CLOCKS).nullish(),
  icount_shift: z.number().nullish(),
  guest: z.object({
    cpus: z.number(),
    memory_mib: z.number(),
    iommu: z.boolean().nullish(),
    firmware_log: z.boolean().nullish(),
    parameters: z.record(z.string(), z.string().nullable()).nullish(),
    kernel: z.object({
      source: text,
      release: text,
      description: z.string(),
      sha256: z.string(),
      package: z.unknown().optional(),
    }),
  }),
  accelerator: z.object({ asked: text, used: z.string(), why: text }),
  sampling: z
    .object({
      boots: z.number().optional(),
      cycles: z.number(),
      warmup: z.number(),
      min_boots: z.number().optional(),
      target_relative_ci: z.number().optional(),
    })
    .nullish(),
  timeouts_ms: times.nullish(),
  deadlines_ms: times.nullish(),
  expected: z.unknown().optional(),
  started: z.unknown().optional(),
  until: z.string().optional(),
  boot_plugs: z.unknown().optional(),
  steps: z.unknown().optional(),
});
const variant = storedVariant.transform((stored) => ({
  ...stored,
  topology: topologyOfToday(stored.topology, stored.topology_options),
}));
export type StoredVariant = z.output<typeof variant>;

const boot = z.object({
  name: text,
  scenario: z.string(),
  variant: z.string(),
  boot: z.number(),
  boot_mode: z.string().nullish(),
  jobs: z.number().nullish(),
  clock_uncertainty_ms: z.number().nullish(),
  clock_source: z.string().nullish(),
  clock_offset_ms: z.number().nullish(),
  clock_drift_ppm: z.number().nullish(),
  clock_drift_uncertainty_ppm: z.number().nullish(),
  qemu_start_ms: z.number().nullish(),
  until_ready_ms: z.number().nullish(),
  qemu_resident_mib: z.number().nullish(),
  duration_ms: z.number().nullish(),
  failure: z.string().nullish(),
  host_use: z.object({ load: z.number(), other_cpus: z.number().nullish(), steal_share: z.number() }).nullish(),
  losses: z
    .array(
      z.object({
        kind: z.string(),
        meaning: text,
        count: z.number(),
        first_at_ms: z.number().nullish(),
        details: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  recording: z.string().nullish(),
  logs: z.string().nullish(),
});

const plan = z.object({
  hash: z.string(),
  boots: z.number(),
  shard: z.object({ index: count, of: count }).nullish(),
  choices: z
    .object({
      filter: z.string().exactOptional(),
      boots: count.exactOptional(),
      cycles: count.exactOptional(),
      accelerator: z.enum(ACCELERATOR_CHOICES).exactOptional(),
      clock: z.enum(CLOCKS).exactOptional(),
    })
    .default({}),
});

/** Who is named twice would be in every figure twice. */
function areNamedOnce(variants: readonly { readonly scenario: string; readonly name: string }[]): boolean {
  return new Set(variants.map(({ scenario, name }) => `${scenario}/${name}`)).size === variants.length;
}

const runFile = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  run_id: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  tool: z.object({ version: z.string(), commit: z.string() }),
  command_line: z.array(z.string()).default([]),
  working_directory: z.string().optional(),
  jobs: count.default(1),
  seed: z.number().nullish(),
  plan: plan.nullish(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullish(),
  clock: z.string().default('real'),
  resumed: z.array(z.object({ started_at: z.string(), command_line: z.array(z.string()) })).default([]),
  host,
  /** Several where the parts of the run were measured on several. */
  hosts: z.array(host).default([]),
  /** What disturbed measurements before the run began; absent in runs of earlier versions, which did not look. */
  noise: z.array(noise).optional(),
  scenarios: z.array(scenario).default([]),
  variants: z.array(variant).refine(areNamedOnce, 'no variant is in a run twice'),
  unavailable: z.array(z.object({ scenario: z.string(), variant: z.string(), reason: z.string() })).default([]),
  boots: z.array(boot).default([]),
  /** Counts by name; together the rows of `samples.csv`. */
  outcomes: z.record(z.string(), z.number()),
  warnings: z.array(z.string()).optional(),
  adaptive: z.array(z.record(z.string(), z.unknown())).default([]),
});
export type RunFile = z.output<typeof runFile>;

/** What is read over many runs: the same schema without what takes long. */
const manyRunsFile = runFile
  .pick({
    ...{ run_id: true, status: true, tool: true, seed: true, started_at: true, finished_at: true, clock: true },
    ...{ plan: true, host: true, scenarios: true, variants: true, outcomes: true },
  })
  .extend({ boots: z.array(boot.pick({ jobs: true })).default([]) });
export type ManyRunsFile = z.output<typeof manyRunsFile>;

/** What tells one run from others. */
const runHead = runFile
  .pick({ schema_version: true, run_id: true, command_line: true })
  .extend({ scenarios: z.array(scenario.pick({ name: true })).default([]) });
export type RunHead = z.output<typeof runHead>;

/** What a change has to exceed, by scenario, where its file says. */
export function thresholdsOf(scenarios: RunFile['scenarios']): ReadonlyMap<string, PracticalThreshold> {
  return new Map(
    scenarios.flatMap(({ name, threshold }) =>
      threshold ? [[name, { relative: threshold.relative, absoluteMs: threshold.absolute_ms }] as const] : [],
    ),
  );
}

/** The whole of a run directory's `run.json`. */
export function readRunFile(directory: string): Result<RunFile, Unreadable> {
  return readStored(directory, RUN_FILE, runFile);
}

/** For the user: that a directory is no run directory, or what is wrong with its `run.json`. */
export function noRunText(directory: string, failure: Unreadable): string {
  const expected = failure.kind === 'missing' ? '; a run directory was expected, such as results/latest' : '';
  return unreadText(directory, RUN_FILE, failure) + expected;
}

/** The part of it that is read over many runs. */
export function readManyRunsFile(directory: string): Result<ManyRunsFile, Unreadable> {
  return readStored(directory, RUN_FILE, manyRunsFile);
}

/** What tells it from others. */
export function readRunHead(directory: string): Result<RunHead, Unreadable> {
  return readStored(directory, RUN_FILE, runHead);
}

/** What was parsed before, for one who needs the text of it as well. */
export function parseRunFile(stored: unknown): Result<RunFile, Unreadable> {
  return parseStored(stored, RUN_FILE, runFile);
}
