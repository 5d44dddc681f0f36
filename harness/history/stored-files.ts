import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { SCHEMA_VERSION } from '../record/schema-version.ts';
import { fail, ok, type Result } from '../result.ts';
import { OPERATIONS } from '../vocabulary.ts';

const times = z.object({ boot: z.number().nullish(), plug: z.number().nullish(), unplug: z.number().nullish() });

/** The part of `run.json` that is read over many runs. Whatever came later than the first version is optional. */
const runFile = z.object({
  run_id: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  tool: z.object({ version: z.string(), commit: z.string() }),
  seed: z.number().nullish(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullish(),
  clock: z.string().default('real'),
  plan: z.object({ shard: z.object({ index: z.number(), of: z.number() }).nullish() }).nullish(),
  boots: z.array(z.object({ jobs: z.number().nullish() })).default([]),
  scenarios: z
    .array(
      z.object({
        name: z.string(),
        threshold: z.object({ relative: z.number(), absolute_ms: z.number() }).nullish(),
      }),
    )
    .default([]),
  host: z.object({
    hostname: z.string(),
    cpu_model: z.string(),
    cores: z.number(),
    memory_mib: z.number().nullish(),
    kernel: z.string(),
    qemu: z.string(),
    microcode: z.string().nullish(),
    governor: z.string().nullish(),
    load: z.number().nullish(),
  }),
  variants: z.array(
    z.object({
      scenario: z.string(),
      name: z.string(),
      topology: z.string(),
      topology_options: z.unknown().optional(),
      machine: z.string().nullish(),
      qemu: z.string().nullish(),
      guest: z.object({
        cpus: z.number(),
        memory_mib: z.number(),
        iommu: z.unknown().optional(),
        parameters: z.unknown().optional(),
        kernel: z.object({ description: z.string(), sha256: z.string() }),
      }),
      accelerator: z.object({ used: z.string() }),
      clock: z.string().nullish(),
      boot_mode: z.string().nullish(),
      qemu_version: z.string().nullish(),
      qemu_sha256: z.string().nullish(),
      left_out: z.array(z.string()).nullish(),
      sampling: z.object({ cycles: z.number(), warmup: z.number() }).nullish(),
      boot_plugs: z.unknown().optional(),
      steps: z.unknown().optional(),
    }),
  ),
});
export type RunFile = z.infer<typeof runFile>;

const storedHost = runFile.shape.host;

/** The part of `run.json` that says under what each variant was measured, for a run that is compared with another. */
const comparedRunFile = runFile.extend({
  jobs: z.number().default(1),
  /** Several where the parts of the run were measured on several. */
  hosts: z.array(storedHost).default([]),
  variants: z.array(
    runFile.shape.variants.element.extend({
      left_out: z.array(z.string()).default([]),
      icount_shift: z.number().nullish(),
      sampling: z.object({ cycles: z.number(), warmup: z.number() }),
      timeouts_ms: times.default({}),
      deadlines_ms: times.default({}),
    }),
  ),
  /** Counts by name; together the rows of `samples.csv`. */
  outcomes: z.record(z.string(), z.number()),
});
export type ComparedRunFile = z.infer<typeof comparedRunFile>;

/** The part of `summary.json` that is read over many runs. */
const summaryFile = z.object({
  operations: z.array(
    z.object({
      scenario: z.string(),
      variant: z.string(),
      operation: z.enum(OPERATIONS),
      device_id: z.string().nullish(),
      boot_mode: z.string().nullish(),
      n_boots: z.number(),
      n_samples: z.number(),
      failures: z.number(),
      p50_ms: z.number().positive().nullish(),
      p50_ci95_ms: z.object({ low: z.number(), high: z.number() }).nullish(),
      phases: z.object({ medians: z.array(z.object({ phase: z.string(), duration_ms: z.number() })) }).nullish(),
    }),
  ),
});
export type SummaryFile = z.infer<typeof summaryFile>;

/** `run.json` of a run directory. The failure is a reason to leave the directory out, without its name. */
export function readRunFile(directory: string): Result<RunFile, string> {
  return readWholeRun(directory, runFile);
}

/** The same with what a comparison has to know. */
export function readComparedRunFile(directory: string): Result<ComparedRunFile, string> {
  return readWholeRun(directory, comparedRunFile);
}

function readWholeRun<Schema extends z.ZodType<RunFile>>(
  directory: string,
  schema: Schema,
): Result<z.infer<Schema>, string> {
  const read = readStored(directory, 'run.json', schema);
  if (!read.ok) return read;
  const { status, plan } = read.value;
  if (status === 'partial') return fail('its status is partial: it was interrupted, or is still running');
  if (plan?.shard) return fail(`it is part ${plan.shard.index} of ${plan.shard.of} of a run`);
  return read;
}

/**
 * Whether a directory is that of the run it holds. A copy under another name would make one run count twice. The failure
 * is a reason to leave it out.
 */
export function isOwnDirectory(directory: string, runId: string): Result<void, string> {
  return basename(directory) === runId ? ok(undefined) : fail(`it holds the run ${JSON.stringify(runId)}: a copy?`);
}

/** `summary.json` of a run directory, likewise. */
export function readSummaryFile(directory: string): Result<SummaryFile, string> {
  return readStored(directory, 'summary.json', summaryFile);
}

function readStored<Schema extends z.ZodType>(
  directory: string,
  name: string,
  schema: Schema,
): Result<z.infer<Schema>, string> {
  let text: string;
  try {
    text = readFileSync(join(directory, name), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(code === 'ENOENT' ? `it has no ${name}` : `its ${name} cannot be read: ${code}`);
  }
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return fail(`its ${name} is cut off or no JSON`);
  }
  // First of all, because nothing else of another version can be expected to be as it is here.
  const version = (stored as { schema_version?: unknown } | null)?.schema_version;
  if (version !== SCHEMA_VERSION) {
    return fail(`its ${name} has schema_version ${JSON.stringify(version) ?? 'undefined'}, not ${SCHEMA_VERSION}`);
  }
  const parsed = schema.safeParse(stored);
  if (!parsed.success) return fail(`its ${name} is not as expected: ${firstIssue(parsed.error)}`);
  return ok(parsed.data);
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'unknown';
}
