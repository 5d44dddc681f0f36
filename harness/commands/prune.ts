import { realpath, rm } from 'node:fs/promises';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseKeep, planPrune } from '../history/prune.ts';
import { claimRun } from '../record/run-directory.ts';
import type { PruneFlags } from './flags.ts';
import { complain, print } from './output.ts';

/** `bench prune --keep …`: removes old run directories, or only says which. */
export async function pruneCommand(root: string, { keep, dryRun = false }: PruneFlags): Promise<ExitCode> {
  const parsed = parseKeep(keep);
  if (!parsed) return complain(`--keep ${keep}: a number of runs (30) or of days (90d) is expected`, EXIT.usage);
  const plan = planPrune(root, parsed, new Date());
  if (!plan.ok) return complain(plan.failure, EXIT.usage);
  const { remove, kept, spared } = plan.value;
  const busy: string[] = [];
  for (const directory of remove) {
    if (await removeUnclaimed(directory, dryRun)) print(`${dryRun ? 'would remove' : 'removed'} ${directory}`);
    else busy.push(directory);
  }
  for (const { directory, reason } of spared) print(`kept ${directory}: ${reason}`);
  for (const directory of busy) print(`kept ${directory}: it is still going on`);
  print(`${remove.length - busy.length} ${dryRun ? 'would go' : 'removed'}, ${kept + busy.length} kept`);
  return EXIT.ok;
}

/** False for the directory of a run that is written now, such as an old one that somebody goes on with. */
async function removeUnclaimed(directory: string, dryRun: boolean): Promise<boolean> {
  const claimed = await claimRun(await realpath(directory));
  if (!claimed.ok) return false;
  if (!dryRun) await rm(directory, { recursive: true });
  claimed.value();
  return true;
}
