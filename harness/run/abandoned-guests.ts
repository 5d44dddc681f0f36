import { existsSync } from 'node:fs';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claimRun } from '../record/claim-run.ts';
import { SAVED_GUESTS } from './saved-guests.ts';

/**
 * Removes what runs that were killed have left of their saved guests, tens of megabytes for each variant. Those of a run that
 * still goes on stay.
 *
 * @param root folder of run directories
 */
export async function removeAbandonedGuests(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const directory = join(root, name);
    if (!existsSync(join(directory, SAVED_GUESTS))) continue;
    const claim = await claimRun(await realpath(directory));
    if (!claim.ok) continue;
    await rm(join(directory, SAVED_GUESTS), { recursive: true, force: true });
    claim.value();
  }
}
