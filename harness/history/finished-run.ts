import { basename } from 'node:path';
import { type ManyRunsFile, type RunFile, readManyRunsFile } from '../record/run-file.ts';
import { fail, ok, type Result } from '../result.ts';

/** What keeps the figures of a run from standing beside those of others; undefined where it is a whole one that has ended. */
export function whyUnfinished({ status, plan }: Pick<RunFile, 'status' | 'plan'>): string | undefined {
  if (status === 'partial') return 'its status is partial: it was interrupted, or is still running';
  return plan?.shard ? `it is part ${plan.shard.index} of ${plan.shard.of} of a run` : undefined;
}

/** `run.json` of such a run. The failure is a reason to leave the directory out, without its name. */
export function readFinishedRun(directory: string): Result<ManyRunsFile, string> {
  const read = readManyRunsFile(directory);
  if (!read.ok) return fail(read.failure.reason);
  const why = whyUnfinished(read.value);
  return why === undefined ? ok(read.value) : fail(why);
}

/**
 * Whether a directory is that of the run it holds. A copy under another name would make one run count twice. The failure
 * is a reason to leave it out.
 */
export function isOwnDirectory(directory: string, runId: string): Result<void, string> {
  return basename(directory) === runId ? ok(undefined) : fail(`it holds the run ${JSON.stringify(runId)}: a copy?`);
}
