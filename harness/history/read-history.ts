import { ok, type Result } from '../result.ts';
import type { Acceptance } from './accepted-level.ts';
import type { History } from './history.ts';
import { historyOf } from './history-of.ts';
import { readNightsOnce } from './nights-cache.ts';
import { runDirectories } from './run-directories.ts';
import type { FindChanges } from './segments.ts';

/** Reads all run directories below a folder. Those that cannot be read are left out and named. */
export async function readHistory(
  root: string,
  findChanges: FindChanges,
  acceptances: readonly Acceptance[],
): Promise<Result<History, string>> {
  const directories = runDirectories(root);
  if (!directories.ok) return directories;
  const { nights, skipped } = await readNightsOnce(root, directories.value);
  return ok({ directory: root, runs: nights.length, skipped, series: historyOf(nights, findChanges, acceptances) });
}
