import { existsSync } from 'node:fs';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedBoot } from '../plan/schedule.ts';
import { claimRun } from '../record/run-directory.ts';
import type { Variant } from '../variant.ts';
import type { Saved } from './boot/snapshot.ts';

/** Folder in a run's directory, while the run lasts: where the sockets are, which may be in memory, there is no room for guests. */
export const SAVED_GUESTS = 'saved-guests';

/** The saved guests of a run: some tens of megabytes each, removed when no boot needs them any more. */
export interface SavedGuests {
  /** That of a variant; `save` makes it when it is first asked for. */
  guestOf(variant: Variant, save: () => Promise<Saved>): Promise<Saved>;
  /** A boot has ended, or will not be made: the saved guest goes with the last boot of its variant. */
  leave(boot: PlannedBoot): Promise<void>;
}

/** @param boots all that may be made */
export function openSavedGuests(boots: readonly PlannedBoot[]): SavedGuests {
  const saved = new Map<Variant, Promise<Saved>>();
  const left = new Map<Variant, number>();
  for (const { variant } of boots) left.set(variant, (left.get(variant) ?? 0) + 1);
  return {
    guestOf(variant, save) {
      const made = saved.get(variant) ?? save();
      saved.set(variant, made);
      return made;
    },
    async leave({ variant }) {
      const rest = (left.get(variant) ?? 0) - 1;
      left.set(variant, rest);
      const last = rest === 0 ? await saved.get(variant) : undefined;
      if (last && 'file' in last) await rm(last.file, { force: true });
    },
  };
}

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
