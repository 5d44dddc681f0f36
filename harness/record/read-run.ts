import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Questions } from '../findings/findings.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Deadlines } from '../statistics/deadline.ts';
import type { Recording } from '../timeline/recording.ts';
import { parseRecording } from './boots-on-disk.ts';
import { noRunText, readRunFile, type StoredVariant, thresholdsOf } from './run-file.ts';
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

/** Reads a run directory. The failure says which file is not as it should be. */
export async function readRun(directory: string): Promise<Result<StoredRun, string>> {
  const read = readRunFile(directory);
  if (!read.ok) return fail(noRunText(directory, read.failure));
  const { run_id: runId, host, scenarios, variants } = read.value;
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
        deadlines: timesOf(deadlines ?? {}),
        ...(timeouts && { timeouts: timesOf(timeouts) }),
        accelerator: accelerator.used,
        why: accelerator.why,
        kernel: guest.kernel.description,
      }),
    ),
    references: new Map(
      scenarios.flatMap(({ name, reference }) => (reference == null ? [] : [[name, reference] as const])),
    ),
    thresholds: thresholdsOf(scenarios),
    fits: scenarios.flatMap(({ name: scenario, fits }) =>
      fits.map(({ series, ...fit }) => ({ ...fit, scenario, name: series })),
    ),
    machines: versionedMachines(variants, host.qemu),
    recordings: recordings.toSorted((a, b) => a.header.startedAt.localeCompare(b.header.startedAt)),
    unreadable,
  });
}

function timesOf({ boot, plug, unplug }: NonNullable<StoredVariant['deadlines_ms']>): Deadlines {
  return {
    ...(boot != null && { bootMs: boot }),
    ...(plug != null && { plugMs: plug }),
    ...(unplug != null && { unplugMs: unplug }),
  };
}
