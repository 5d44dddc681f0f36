import { constants } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplesOf } from '../timeline/samples-of.ts';
import type { Sample } from '../vocabulary.ts';
import { bootReport } from './boot-report.ts';
import type { WholeBoot } from './boots-on-disk.ts';
import { hasFailed } from './has-failed.ts';
import type { Part } from './parts.ts';
import { type RunDirectory, writeJson } from './run-directory.ts';
import { bootJson, countOutcomes } from './run-json.ts';

/**
 * Puts parts together that have been checked: their recordings, in which only the run's name changes, their logs, and a
 * `run.json` for all. Whatever else a run has is computed from these.
 *
 * @returns the samples, in the order of the wall clock, and whether they or their boots failed
 */
export async function mergeParts(
  parts: readonly Part[],
  { path, runId }: RunDirectory,
  commandLine: readonly string[],
): Promise<{ readonly samples: readonly Sample[]; readonly failed: boolean }> {
  const boots: (WholeBoot & { readonly part: Part })[] = [];
  for (const part of parts) {
    for (const { name, recording } of part.found.whole) {
      const header = { ...recording.header, runId };
      const file = join('recording', `${name}.jsonl`);
      const text = await readFile(join(part.stored.directory, file), 'utf8');
      await writeFile(join(path, file), `${JSON.stringify(header)}${text.slice(text.indexOf('\n'))}`);
      boots.push({ name, recording: { ...recording, header }, part });
    }
    await copyLogs(part.stored.directory, path);
  }
  const startedAt = ({ recording }: WholeBoot) => recording.header.startedAt;
  const inOrder = boots.toSorted((a, b) => startedAt(a).localeCompare(startedAt(b)));
  const samples = samplesOf(inOrder.map(({ recording }) => recording));
  const reports = inOrder.map(({ name, recording: { header, events } }) => bootReport(name, header, events));
  const failed = hasFailed(samples, reports);
  await writeJson(join(path, 'run.json'), {
    ...mergedFacts(parts),
    run_id: runId,
    status: failed ? 'failed' : 'complete',
    command_line: commandLine,
    boots: reports.map((report, index) => ({
      ...bootJson(report),
      host: inOrder[index]?.part.stored.host.hostname,
    })),
    outcomes: countOutcomes(samples),
  });
  return { samples, failed };
}

/** What the parts have in common is taken from the first. */
function mergedFacts(parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const [first] = parts;
  const all = parts.map(({ stored }) => stored);
  const hosts = all.flatMap((stored) => stored.hosts);
  return {
    ...first?.stored.all,
    plan: { ...first?.stored.plan, shard: null },
    started_at: all.map((stored) => stored.started_at).toSorted()[0],
    finished_at:
      all
        .flatMap((stored) => stored.finished_at ?? [])
        .toSorted()
        .at(-1) ?? null,
    resumed: [],
    hosts: hosts.filter(({ hostname }, index) => hosts.findIndex((other) => other.hostname === hostname) === index),
    parts: all.map((stored) => ({
      run_id: stored.run_id,
      shard: stored.plan.shard,
      tool: stored.tool,
      host: stored.host.hostname,
      command_line: stored.command_line,
      started_at: stored.started_at,
      finished_at: stored.finished_at,
      resumed: stored.resumed,
    })),
  };
}

/** Shares the blocks where the file system can. */
async function copyLogs(from: string, to: string): Promise<void> {
  for (const name of await readdir(join(from, 'logs'))) {
    await cp(join(from, 'logs', name), join(to, 'logs', name), { recursive: true, mode: constants.COPYFILE_FICLONE });
  }
}
