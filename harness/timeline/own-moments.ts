import type { DeviceNames, KnownDevice, Naming } from '../drivers/driver.ts';
import { allDrivers } from '../drivers/index.ts';
import type { Moment } from '../drivers/phase-table.ts';
import { isLun, lunAddress } from '../drivers/scsi-lun.ts';
import { startCommand } from '../qemu/qmp-messages.ts';
import type { OperationWindow } from './operation-window.ts';
import { isHotplug, type Operation } from './recording.ts';

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
  // A device that is there from the start has the moments of the boot that it comes with.
  if (operation.operation === 'start' || operation.place === undefined || companions.length === 0) return moments;
  const sentMs = moments.find(isStartOf(operation))?.atMs ?? 0;
  // Alone after a boot that it did not wait for: what came before its command is the boot's.
  const isAlone = operation.offsetMs === undefined && !companions.some(isHotplug);
  if (isAlone) return moments.filter(({ source, atMs }) => source === 'hole' || atMs >= sentMs);
  if (isLun(operation.place)) return ofLun(operation, operation.place, companions, moments);
  const device = knownDevice(operation, companions, moments);
  const ownerOf = lineOwners(device);
  return moments.map(everywhere).filter((moment) => {
    if (moment.source === 'kernel') return ownerOf(moment.text) === 'own' && moment.atMs >= sentMs - EARLIEST_MS;
    if (moment.source === 'uevent') return isBelow(moment.path, device.names) && moment.atMs >= sentMs - EARLIEST_MS;
    if (moment.source === 'qmp' && moment.what === 'event') return isAbout(moment, operation);
    return true;
  });
}

/** The writing of its command: in a boot that it began in, that of the boot is seen, too. */
function isStartOf({ operation }: Operation): (moment: Moment) => boolean {
  const command = startCommand(operation);
  return (moment) => moment.source === 'qmp' && moment.what === 'sent' && moment.command === command;
}

/**
 * A LUN is known by its address in the log, but for the number of its host, which is the guest's own choice: where another LUN
 * with this address, on another controller, goes on at the same time, a line may be of either.
 */
function ofLun(
  operation: Operation,
  place: string,
  companions: readonly Operation[],
  moments: readonly Moment[],
): readonly Moment[] {
  const address = lunAddress(place);
  const isShared = companions.some((other) => other.place !== place && lunAddress(other.place ?? '') === address);
  const own = new RegExp(`\\b\\d+:${address}: `);
  return moments.map(everywhere).filter((moment) => {
    if (moment.source === 'kernel') return !isShared && own.test(moment.text);
    return moment.source === 'qmp' && moment.what === 'event' ? isAbout(moment, operation) : true;
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

/** Whether a line of the kernel log is about this device or slot, says that it is about another, or names none. */
export type LineOwner = 'own' | 'other' | 'none';

/** How Linux, from 5.10 to 7.2, names devices and slots in its log, whichever driver is at work. */
const NAMINGS: readonly Naming[] = [
  // slot_name(), which for all hot-plug drivers is the name in /sys/bus/pci/slots.
  {
    pattern: /\bslot ?[(#]([^)\s]+)/gi,
    isOwn: (name, { slotName }) => (slotName === undefined ? undefined : name === slotName),
  },
  // Names of what the kernel found in a device.
  { pattern: /\b(virtio\d+)\b/g, isOwn: isPart },
  { pattern: /\[([sv]d[a-z]+)\]/g, isOwn: isPart },
  ...allDrivers.flatMap(({ namings, prefix }) => (prefix ? [prefix, ...namings] : namings)),
];

const PREFIXES = allDrivers.flatMap(({ prefix }) => (prefix ? [prefix.pattern] : []));

/** With function (`pci_name()`) or without, as in `domain:bus:dev = 0000:01:03`. */
const ADDRESS = /\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?\b/g;

/** A line that names two things, of which one is another's, is another's. */
export function lineOwner(text: string, device: KnownDevice): LineOwner {
  const { names } = device;
  const message = PREFIXES.reduce((rest, prefix) => rest.replace(prefix, ''), text);
  const addresses = [...message.matchAll(ADDRESS)].map(([address]) =>
    names ? names.address === address || names.address.startsWith(`${address}.`) : false,
  );
  const named = NAMINGS.flatMap(({ pattern, isOwn }) =>
    [...text.matchAll(pattern)].map(([, name = '']) => isOwn(name, device)),
  );
  const answers = [...addresses, ...named];
  if (answers.includes(false)) return 'other';
  return answers.includes(true) ? 'own' : 'none';
}

/** The owners of lines in their order, for lines that name no slot and are about that of an earlier one. */
function lineOwners(device: KnownDevice): (text: string) => LineOwner {
  const atWork = new Map<string, LineOwner>();
  return (text) => {
    const owner = lineOwner(text, device);
    for (const { name, prefix, unnamed } of allDrivers) {
      if (!prefix || !unnamed?.lines.test(text)) continue;
      const [[, address] = []] = text.matchAll(prefix.pattern);
      if (address === undefined) continue;
      const controller = `${name} ${address}`;
      if (unnamed.begins.test(text)) atWork.set(controller, owner);
      if (owner === 'none') return atWork.get(controller) ?? owner;
    }
    return owner;
  };
}

function isPart(name: string, { names }: KnownDevice): boolean {
  return names?.parts.has(name) ?? false;
}

/** `/devices/pci0000:00/0000:00:02.0/0000:01:03.0/virtio1/block/vdb`: the way down to a device, and its parts. */
const DEVICE_PATH = /^\/devices\/pci[^/]+((?:\/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])+)(?:\/(.*))?$/;

/**
 * What the kernel calls the device at a place, from the uevents of its coming or going: bus numbers are the guest's choice,
 * the device and function numbers on the way down are not. Undefined when there was no such uevent.
 *
 * Assumption: there is one root bus, so that no two paths share a place; true of every machine in harness/machine/topology.
 */
export function deviceNames(place: string, moments: readonly Moment[]): DeviceNames | undefined {
  let way: readonly string[] = [];
  const parts = new Set<string>();
  for (const moment of moments) {
    const match = moment.source === 'uevent' ? DEVICE_PATH.exec(moment.path) : null;
    const addresses = match?.[1]?.slice(1).split('/') ?? [];
    if (match === null || addresses.map((address) => address.slice(-4)).join('/') !== place) continue;
    way = addresses;
    for (const part of match[2]?.split('/') ?? []) parts.add(part);
  }
  const address = way.at(-1);
  const port = way.at(-2);
  return address === undefined ? undefined : { address, ...(port !== undefined && { port }), parts };
}
