import type { ReadyVariant } from '../plan/ready-variant.ts';
import { type PlannedBoot, plannedBoot } from '../plan/schedule.ts';
import { roundsOf } from './adaptive.ts';
import { ALONE, type Lane } from './lanes.ts';
import { type BootSurroundings, type PerformedBoot, performBoot, performSavedBoot } from './perform-boot.ts';
import type { Progress } from './run.ts';
import type { Snapshot } from './snapshot.ts';

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
  const snapshots = new Map<ReadyVariant, Promise<Snapshot | 'unavailable'>>();
  /** The variant's saved guest, made when it is first needed, in the lane that needs it first. */
  const snapshotOf = (one: ReadyVariant, lane: Lane): Promise<Snapshot | 'unavailable'> => {
    const made =
      snapshots.get(one) ??
      performSavedBoot({ ...around, lane }, one, plannedBoot(one.variant, 0, seed)).then(
        async ({ snapshot, ...performed }) => {
          await done(performed);
          return snapshot;
        },
      );
    snapshots.set(one, made);
    return made;
  };
  let begun = 0;
  let total = boots.length;
  const perform = async (planned: PlannedBoot, lane: Lane): Promise<void> => {
    const one = ready.find(({ variant }) => variant === planned.variant);
    if (!one) throw new Error(`the plan has a variant that is not ready: ${planned.variant.name}`);
    begun += 1;
    onProgress({ kind: 'boot', planned, index: begun - 1, total });
    const snapshot = one.variant.bootMode === 'snapshot' ? await snapshotOf(one, lane) : undefined;
    if (!signal.aborted) await done(await performBoot({ ...around, lane }, one, planned, snapshot));
  };
  for (const round of roundsOf(boots)) {
    if (signal.aborted) return;
    const due = round.filter(isDue);
    total -= round.length - due.length;
    await inLanes(due, lanes, signal, perform);
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
