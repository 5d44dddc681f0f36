import { join } from 'node:path';
import type { Questions } from '../findings/findings.ts';
import { topologies } from '../machine/topology/index.ts';
import { fail, ok, type Result } from '../result.ts';
import { timesOf } from '../statistics/deadline.ts';
import type { Recording } from '../timeline/recording.ts';
import { readRecording, recordingNames } from './boots-on-disk.ts';
import { notWholeText, problemsOfRecordings } from './recordings-of-run.ts';
import { noRunText, readRunFile, thresholdsOf } from './run-file.ts';
import { versionedMachines } from './versioned-machines.ts';

/** A run directory, read for analysis. */
export interface StoredRun extends Questions {
  readonly runId: string;
  readonly variants: readonly (Questions['variants'][number] & StoredConditions)[];
  /** In order of execution. */
  readonly recordings: readonly Recording[];
  /** Recordings of boots that had not ended when the run was stopped, and that cannot be read: each with why. */
  readonly unreadable: readonly string[];
}

/** What a variant was run on. */
interface StoredConditions {
  readonly accelerator: string;
  readonly why: string;
  /** Description of the guest kernel. */
  readonly kernel: string;
}

/**
 * Reads a run directory. The failure says which file is not as it should be; it is one also where the recordings are not all
 * that `run.json` lists, since a run would become a smaller one, of which nobody could tell.
 */
export async function readRun(directory: string): Promise<Result<StoredRun, string>> {
  const read = readRunFile(directory);
  if (!read.ok) return fail(noRunText(directory, read.failure));
  const { run_id: runId, host, scenarios, variants } = read.value;
  const unknown = variants.find(({ topology, topology_options: options }) => !isKnown(topology, options));
  if (unknown)
    return fail(
      `${directory}: its topology ${unknown.topology} is not one that this version knows, or not with these options`,
    );
  const found = (await recordingNames(directory).catch(() => [])).map((name) => ({
    name,
    recording: readRecording(directory, name),
  }));
  const problems = problemsOfRecordings(read.value, found);
  if (problems.length > 0) return fail(notWholeText(directory, problems));
  const recordings = found.flatMap(({ recording }) => (recording.ok ? [recording.value] : []));
  const unreadable = found.flatMap(({ name, recording }) =>
    recording.ok ? [] : [`${join(directory, 'recording', name)}.jsonl: ${recording.failure}`],
  );
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

function isKnown(topology: string, options: unknown): boolean {
  return topologies.get(topology)?.options.safeParse(options).success === true;
}
