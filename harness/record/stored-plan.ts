import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../result.ts';
import { ACCELERATOR_CHOICES } from '../variant.ts';
import { CLOCKS } from '../vocabulary.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

const count = z.number().int().positive();

/** The part of `run.json` by which a run can be gone on with, or put together with others. */
const storedPlan = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  run_id: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  tool: z.object({ version: z.string(), commit: z.string() }),
  command_line: z.array(z.string()),
  working_directory: z.string(),
  jobs: count,
  seed: z.number(),
  plan: z.object({
    hash: z.string(),
    boots: z.number(),
    shard: z.object({ index: count, of: count }).nullable(),
    choices: z.object({
      filter: z.string().exactOptional(),
      boots: count.exactOptional(),
      cycles: count.exactOptional(),
      accelerator: z.enum(ACCELERATOR_CHOICES).exactOptional(),
      clock: z.enum(CLOCKS).exactOptional(),
    }),
  }),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  resumed: z.array(z.object({ started_at: z.string(), command_line: z.array(z.string()) })),
  host: z.record(z.string(), z.unknown()),
  hosts: z.array(z.record(z.string(), z.unknown())),
  scenarios: z.array(z.object({ name: z.string(), file: z.string(), source: z.string() })),
  variants: z.array(
    z.object({
      scenario: z.string(),
      name: z.string(),
      qemu: z.string(),
      qemu_version: z.string().nullish(),
      qemu_sha256: z.string().nullish(),
      left_out: z.array(z.string()),
      guest: z.object({ kernel: z.object({ description: z.string(), sha256: z.string() }) }),
      accelerator: z.object({ used: z.string() }),
      clock: z.enum(CLOCKS).default('real'),
    }),
  ),
  boots: z.array(z.object({ name: z.string() })),
});

/** A run as its `run.json` describes it. */
export interface StoredPlan extends z.infer<typeof storedPlan> {
  /** Path of the run directory, without links. */
  readonly directory: string;
  /** The whole of `run.json`, for one that is made from it. */
  readonly all: Readonly<Record<string, unknown>>;
}

/** Reads a run's `run.json`. The failure names the directory and says what to do. */
export async function readStoredPlan(given: string): Promise<Result<StoredPlan, string>> {
  const isDirectory = await stat(given).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isDirectory) return fail(`${given}: there is no such directory; a run directory was expected`);
  const directory = await realpath(given);
  const text = await readFile(join(directory, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined)
    return fail(
      `${given}: there is no run.json in it. If it is a run directory, its run was stopped before it began: start it anew.`,
    );
  const all = tryJson(text);
  if (all === undefined) return fail(`${join(given, 'run.json')}: this is not JSON`);
  const read = storedPlan.safeParse(all);
  if (!read.success) {
    const what = z.prettifyError(read.error).replaceAll(/\s*\n\s*/g, ' ');
    return fail(`${join(given, 'run.json')}: it does not say what was planned, as older versions' do not: ${what}`);
  }
  return ok({ ...read.data, directory, all: all as Readonly<Record<string, unknown>> });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
