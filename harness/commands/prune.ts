import { rm } from 'node:fs/promises';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseKeep, planPrune } from '../history/prune.ts';

export interface PruneFlags {
  readonly keep: string;
  readonly dryRun?: boolean;
}

/** `bench prune --keep …`: removes old run directories, or only says which. */
export async function pruneCommand(root: string, { keep, dryRun }: PruneFlags): Promise<ExitCode> {
  const parsed = parseKeep(keep);
  if (!parsed) return complain(`--keep ${keep}: a number of runs (30) or of days (90d) is expected`);
  const plan = planPrune(root, parsed, new Date());
  if (!plan.ok) return complain(plan.failure);
  const { remove, kept, spared } = plan.value;
  for (const directory of remove) {
    if (!dryRun) await rm(directory, { recursive: true });
    process.stdout.write(`${dryRun ? 'would remove' : 'removed'} ${directory}\n`);
  }
  for (const { directory, reason } of spared) process.stdout.write(`kept ${directory}: ${reason}\n`);
  process.stdout.write(`${remove.length} ${dryRun ? 'would go' : 'removed'}, ${kept} kept\n`);
  return EXIT.ok;
}

function complain(message: string): ExitCode {
  process.stderr.write(`${message}\n`);
  return EXIT.usage;
}
