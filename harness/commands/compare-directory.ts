import { realpath } from 'node:fs/promises';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hostKeyOf } from '../history/baselines.ts';
import { compareRuns, readMeasuredRun } from '../history/compare-runs.ts';
import type { RunComparison } from '../record/comparison-file.ts';
import { fail, ok, type Result } from '../result.ts';
import { findBase, rootOf } from './find-base.ts';

/** Why something is not done: the text for the user, and the exit code. */
export interface Refusal {
  readonly message: string;
  readonly code: ExitCode;
}

/** Compares a run directory with a baseline of the host it was made on, or with another run directory. */
export async function compareDirectory(
  given: string,
  directory: string,
  options: { readonly force: boolean },
): Promise<Result<RunComparison, Refusal>> {
  const path = await realpath(directory).catch(() => directory);
  const current = await readMeasuredRun(path);
  if (!current.ok) return fail({ message: current.failure, code: EXIT.usage });
  const key = hostKeyOf(path);
  if (!key.ok) return fail({ message: key.failure, code: EXIT.usage });
  const base = await findBase(given, rootOf(path), key.value);
  if (base.ok) return ok(compareRuns(base.value, current.value, options));
  const { kind, message } = base.failure;
  return fail({ message, code: kind === 'absent' ? EXIT.noBaseline : EXIT.usage });
}
