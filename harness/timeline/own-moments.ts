import type { Moment } from '../drivers/moment.ts';
import { type Mention, mentionIn, type Subject } from './mentions.ts';
import type { Operation } from './recording.ts';
import type { Stretch } from './stretch.ts';
import { type Whereabouts, whereaboutsOf } from './whereabouts.ts';

/**
 * Clocks are tied to within about a millisecond; what seems to lie further before the command than this is from an
 * earlier operation on the same slot.
 */
const EARLIEST_MS = 5;

/**
 * The moments of an operation that are its own. Alone, it owns all that is seen while it lasts. Among others, only what
 * names its device or its slot: a line that names nobody may be anybody's, and a phase without its edge ends up as
 * `unattributed`, which is true, while one with another's edge would not be.
 */
export function ownMoments({ operation, companions }: Stretch, moments: readonly Moment[]): readonly Moment[] {
  if (operation.place === undefined || companions.length === 0) return moments;
  const subject = subjectOf(operation, companions, moments);
  const sentMs = moments.find((moment) => moment.source === 'qmp' && moment.what === 'sent')?.atMs ?? 0;
  const mention = rememberingHolders(subject);
  return moments.map(everywhere).filter((moment) => {
    if (moment.source === 'kernel') return mention(moment.text) === 'own' && moment.atMs >= sentMs - EARLIEST_MS;
    if (moment.source === 'uevent')
      return isBelow(moment.path, subject.whereabouts) && moment.atMs >= sentMs - EARLIEST_MS;
    if (moment.source === 'qmp' && moment.what === 'event') return isAbout(moment, operation);
    return true;
  });
}

/**
 * Among others an operation is known by names and by what the others do: whatever was lost, at whatever time, may have told
 * of either.
 */
function everywhere(moment: Moment): Moment {
  if (moment.source !== 'hole') return moment;
  return { ...moment, atMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
}

/** A name that devices of this time share, as when one takes over what another left, says nothing. */
function subjectOf(operation: Operation, companions: readonly Operation[], moments: readonly Moment[]): Subject {
  const { place = '', slotName } = operation;
  const whereabouts = whereaboutsOf(place, moments);
  if (!whereabouts) return { place, slotName, whereabouts };
  const taken = companions
    .filter((other) => other.place !== undefined && other.place !== place)
    .flatMap((other) => [...(whereaboutsOf(other.place ?? '', moments)?.names ?? [])]);
  const names = new Set([...whereabouts.names].filter((name) => !taken.includes(name)));
  return { place, slotName, whereabouts: { ...whereabouts, names } };
}

/**
 * board_added() of shpchp_ctrl.c names its slot when it begins and not when it has waited a second; in between it holds the
 * controller's lock (crit_sect), so the second line is about the slot of the first.
 */
function rememberingHolders(subject: Subject): (text: string) => Mention {
  const holders = new Map<string, Mention>();
  return (text) => {
    const [, controller = '', begins] = /^shpchp (\S+): board_added: (p_slot->device)?/.exec(text) ?? [];
    const mention = mentionIn(text, subject);
    if (begins) holders.set(controller, mention);
    return mention === 'none' ? (holders.get(controller) ?? mention) : mention;
  };
}

function isBelow(path: string, whereabouts: Whereabouts | undefined): boolean {
  return whereabouts !== undefined && path.split('/').includes(whereabouts.address);
}

/** Names of a device in QEMU: its id, or the path of a part of it. */
function isAbout(
  { device, path }: { readonly device: string; readonly path: string },
  { deviceId }: Operation,
): boolean {
  return (
    device === deviceId ||
    path === `/machine/peripheral/${deviceId}` ||
    path.startsWith(`/machine/peripheral/${deviceId}/`)
  );
}
