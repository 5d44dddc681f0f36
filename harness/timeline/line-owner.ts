import { allDrivers } from '../drivers/index.ts';
import type { KnownDevice, Naming } from '../drivers/naming.ts';

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
export function lineOwners(device: KnownDevice): (text: string) => LineOwner {
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
