import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Questions } from '../findings/findings.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Deadlines } from '../statistics/deadline.ts';
import { FITTED_LATENCIES } from '../statistics/fit.ts';
import type { Recording } from '../timeline/recording.ts';
import type { OperationName } from '../vocabulary.ts';
import { parseRecording } from './read-recording.ts';
import { SCHEMA_VERSION } from './schema-version.ts';
import { versionedMachines } from './versioned-machines.ts';

/** A run directory, read for analysis. */
export interface StoredRun extends Questions {
  readonly runId: string;
  readonly variants: readonly (Questions['variants'][number] & StoredConditions)[];
  /** In order of execution. */
  readonly recordings: readonly Recording[];
  /** Recordings that could not be read, and why. */
  readonly unreadable: readonly string[];
}

/** What a variant was run on. */
interface StoredConditions {
  readonly accelerator: string;
  readonly why: string;
  /** Description of the guest kernel. */
  readonly kernel: string;
}

const limit = z.number().nullable();

const fitSeries = z.object({
  latency: z.enum(FITTED_LATENCIES),
  against: z.string(),
  series: z.string(),
  members: z.array(z.object({ variant: z.string(), x: z.number() })),
});

/** The part of `run.json` that an analysis reads; more in it is fine. */
const runJson = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  run_id: z.string(),
  host: z.object({ qemu: z.string() }).optional(),
  scenarios: z.array(
    z.object({
      name: z.string(),
      reference: z.string().nullable(),
      threshold: z.object({ relative: z.number(), absolute_ms: z.number() }).nullish(),
      fits: z.array(fitSeries).default([]),
    }),
  ),
  variants: z.array(
    z.object({
      scenario: z.string(),
      name: z.string(),
      topology: z.string(),
      topology_options: z.record(z.string(), z.unknown()),
      machine: z.string().nullish(),
      qemu: z.string().nullish(),
      qemu_version: z.string().nullish(),
      left_out: z.array(z.string()).exactOptional(),
      guest: z.object({
        cpus: z.number().exactOptional(),
        memory_mib: z.number().exactOptional(),
        iommu: z.boolean().exactOptional(),
        parameters: z.record(z.string(), z.string().nullable()).exactOptional(),
        kernel: z.object({
          source: z.string().exactOptional(),
          release: z.string().exactOptional(),
          description: z.string(),
          sha256: z.string().exactOptional(),
        }),
      }),
      boot_mode: z.string().exactOptional(),
      clock: z.string().exactOptional(),
      boot_plugs: z.unknown().optional(),
      steps: z.unknown().optional(),
      accelerator: z.object({ used: z.string(), why: z.string() }),
      timeouts_ms: z.object({ boot: limit, plug: limit, unplug: limit }).nullish(),
      deadlines_ms: z.object({ boot: limit, plug: limit, unplug: limit }),
    }),
  ),
});

/** Reads a run directory. The failure says which file is not as it should be. */
export async function readRun(directory: string): Promise<Result<StoredRun, string>> {
  const file = join(directory, 'run.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return fail(`${file}: cannot be read; a run directory was expected, such as results/latest`);
  const parsed = runJson.safeParse(tryJson(text));
  if (!parsed.success) return fail(`${file}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const { run_id: runId, host, scenarios, variants } = parsed.data;
  const names = (await readdir(join(directory, 'recording')).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  const recordings: Recording[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    const recording = parseRecording(await readFile(join(directory, 'recording', name), 'utf8'));
    if (recording.ok) recordings.push(recording.value);
    else unreadable.push(`${join(directory, 'recording', name)}: ${recording.failure}`);
  }
  return ok({
    runId,
    variants: variants.map(
      ({
        scenario,
        name,
        topology,
        topology_options: topologyOptions,
        guest,
        accelerator,
        timeouts_ms: timeouts,
        deadlines_ms: deadlines,
      }) => ({
        scenario,
        name,
        topology,
        topologyOptions,
        deadlines: timesOf(deadlines),
        ...(timeouts && { timeouts: timesOf(timeouts) }),
        accelerator: accelerator.used,
        why: accelerator.why,
        kernel: guest.kernel.description,
      }),
    ),
    references: new Map(
      scenarios.flatMap(({ name, reference }) => (reference === null ? [] : [[name, reference] as const])),
    ),
    thresholds: new Map(
      scenarios.flatMap(({ name, threshold }) =>
        threshold ? [[name, { relative: threshold.relative, absoluteMs: threshold.absolute_ms }] as const] : [],
      ),
    ),
    fits: scenarios.flatMap(({ name: scenario, fits }) =>
      fits.map(({ series, ...fit }) => ({ ...fit, scenario, name: series })),
    ),
    machines: versionedMachines(variants, host?.qemu ?? ''),
    recordings: recordings.toSorted((a, b) => a.header.startedAt.localeCompare(b.header.startedAt)),
    unreadable,
  });
}

function timesOf({ boot, plug, unplug }: Readonly<Record<OperationName, number | null>>): Deadlines {
  return {
    ...(boot !== null && { bootMs: boot }),
    ...(plug !== null && { plugMs: plug }),
    ...(unplug !== null && { unplugMs: unplug }),
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
