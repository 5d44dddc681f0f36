import { roundsOf } from '../plan/adaptive.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { type PlannedBoot, plannedBoot } from '../plan/schedule.ts';
import type { Sample } from '../vocabulary.ts';
import { ALONE, type Lane } from './lanes.ts';
import {
  type BootSurroundings,
  type PerformedBoot,
  performBoot,
  performSavedBoot,
  removeSavedGuests,
} from './perform-boot.ts';
import { openSavedGuests } from './saved-guests.ts';

/** What a terminal may want to show: a boot begins, an operation has ended. */
export type Progress =
  | { readonly kind: 'boot'; readonly planned: PlannedBoot; readonly index: number; readonly total: number }
  | { readonly kind: 'sample'; readonly sample: Sample };

export interface Plan {
  /** What is to be done, in order. */
  readonly boots: readonly PlannedBoot[];
  readonly ready: readonly ReadyVariant[];
  readonly seed: number;
  readonly lanes: readonly Lane[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Whether a boot is still to be made; asked when all rounds before its own have ended. */
  readonly isDue: (planned: PlannedBoot) => boolean;
}

/** Performs all boots of a plan, each in a lane, and gives each to `done` when it has ended. */
export async function performPlan(
  { boots, ready, seed, lanes, signal, onProgress, isDue }: Plan,
  around: Omit<BootSurroundings, 'lane'>,
  done: (performed: PerformedBoot) => Promise<void>,
): Promise<void> {
  const guests = openSavedGuests(boots);
  /** The variant's saved guest, made when it is first needed, in the lane that needs it first. */
  const savedFor = ({ variant }: PlannedBoot, one: ReadyVariant, lane: Lane) =>
    guests.guestOf(variant, async () => {
      const { snapshot, ...performed } = await performSavedBoot(
        { ...around, lane },
        one,
        plannedBoot(variant, 0, seed),
      );
      await done(performed);
      return snapshot;
    });
  let begun = 0;
  let total = boots.length;
  const perform = async (planned: PlannedBoot, lane: Lane): Promise<void> => {
    const one = ready.find(({ variant }) => variant === planned.variant);
    if (!one) throw new Error(`the plan has a variant that is not ready: ${planned.variant.name}`);
    begun += 1;
    onProgress({ kind: 'boot', planned, index: begun - 1, total });
    const snapshot = one.variant.bootMode === 'snapshot' ? await savedFor(planned, one, lane) : undefined;
    if (!signal.aborted) await done(await performBoot({ ...around, lane }, one, planned, snapshot));
    await guests.leave(planned);
  };
  try {
    for (const round of roundsOf(boots)) {
      if (signal.aborted) return;
      const due = round.filter(isDue);
      total -= round.length - due.length;
      for (const planned of round) if (!due.includes(planned)) await guests.leave(planned);
      await inLanes(due, lanes, signal, perform);
    }
  } finally {
    await removeSavedGuests(around.directory);
  }
}

/**
 * In one lane, one boot after another. In several, the first boot of each variant runs alone before all others: what those
 * that run side by side are compared with, since they may disturb each other.
 */
async function inLanes(
  boots: readonly PlannedBoot[],
  lanes: readonly Lane[],
  signal: AbortSignal,
  performOne: (planned: PlannedBoot, lane: Lane) => Promise<void>,
): Promise<void> {
  const runsAlone = ({ boot }: PlannedBoot) => lanes.length === 1 || boot === 1;
  for (const planned of boots.filter(runsAlone)) if (!signal.aborted) await performOne(planned, ALONE);
  const queue = boots.filter((planned) => !runsAlone(planned));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let planned = queue.shift(); planned && !signal.aborted; planned = queue.shift())
        await performOne(planned, lane);
    }),
  );
}
