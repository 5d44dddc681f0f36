import type { Moment } from '../drivers/moment.ts';
import type { DeviceNames, KnownDevice } from '../drivers/naming.ts';
import { deviceNames } from './device-names.ts';
import { lineOwners } from './line-owner.ts';
import type { OperationWindow } from './operation-window.ts';
import type { Operation } from './recording.ts';

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
export function ownMoments({ operation, companions }: OperationWindow, moments: readonly Moment[]): readonly Moment[] {
  if (operation.place === undefined || companions.length === 0) return moments;
  const device = knownDevice(operation, companions, moments);
  const sentMs = moments.find((moment) => moment.source === 'qmp' && moment.what === 'sent')?.atMs ?? 0;
  const ownerOf = lineOwners(device);
  return moments.map(everywhere).filter((moment) => {
    if (moment.source === 'kernel') return ownerOf(moment.text) === 'own' && moment.atMs >= sentMs - EARLIEST_MS;
    if (moment.source === 'uevent') return isBelow(moment.path, device.names) && moment.atMs >= sentMs - EARLIEST_MS;
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
function knownDevice(
  { place = '', slotName }: Operation,
  companions: readonly Operation[],
  moments: readonly Moment[],
): KnownDevice {
  const names = deviceNames(place, moments);
  if (!names) return { place, slotName, names };
  const taken = companions
    .filter((other) => other.place !== undefined && other.place !== place)
    .flatMap((other) => [...(deviceNames(other.place ?? '', moments)?.parts ?? [])]);
  const parts = new Set([...names.parts].filter((name) => !taken.includes(name)));
  return { place, slotName, names: { ...names, parts } };
}

function isBelow(path: string, names: DeviceNames | undefined): boolean {
  return names !== undefined && path.split('/').includes(names.address);
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
