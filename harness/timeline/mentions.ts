import type { Whereabouts } from './whereabouts.ts';

/** What is known of the device and the slot of an operation, to tell whether a line of the kernel log is about them. */
export interface Subject {
  /** PCI place of the device, as in `02.0/03.0`. */
  readonly place: string;
  readonly slotName: string | undefined;
  readonly whereabouts: Whereabouts | undefined;
}

/** Whether a line is about this device or slot, says that it is about another, or names none. */
export type Mention = 'own' | 'other' | 'none';

/** A way in which lines name a device or slot. `isOwn` is undefined where nothing is known to compare with. */
interface Naming {
  readonly pattern: RegExp;
  readonly isOwn: (name: string, subject: Subject) => boolean | undefined;
}

/**
 * Device number of a hot-plug controller's first slot, the one with `hp_slot` 0: QEMU hw/pci/shpc.c SHPC_IDX_TO_PCI().
 * Other controllers say other numbers in their First Device Number (shpchp_hpc.c, slot_device_offset).
 */
const SHPC_FIRST_DEVICE = 1;

/** How Linux, from 5.10 to 7.2, names PCI devices and hot-plug slots in its log. */
const NAMINGS: readonly Naming[] = [
  // A port has one slot, so its name is that slot's.
  { pattern: /^pcieport (\S+): pciehp: /g, isOwn: isPort },
  // An SHPC has many: that it is the right one says nothing yet, that it is another one does.
  { pattern: /^shpchp (\S+): /g, isOwn: (name, subject) => (isPort(name, subject) === false ? false : undefined) },
  // slot_name(), which for all three drivers is the name in /sys/bus/pci/slots.
  {
    pattern: /\bslot ?[(#]([^)\s]+)/gi,
    isOwn: (name, { slotName }) => (slotName === undefined ? undefined : name === slotName),
  },
  // shpchp_hpc.c shpc_isr(): the slot's index in hexadecimal.
  {
    pattern: /: Slot ([0-9a-f]+) with intr/g,
    isOwn: (index, subject) => isShpcSlot(Number.parseInt(index, 16), subject),
  },
  // shpc_write_cmd(): the index plus one, in hexadecimal.
  {
    pattern: /: shpc_write_cmd: t_slot ([0-9a-f]+) /g,
    isOwn: (target, subject) => isShpcSlot(Number.parseInt(target, 16) - 1, subject),
  },
  // shpchp_ctrl.c board_added(), remove_board(): the index last.
  { pattern: /hp_slot = (?:\d+, \d+ ,)?(\d+)$/g, isOwn: (index, subject) => isShpcSlot(Number(index), subject) },
  // shpc_isr(): a bit per slot, above the one for commands, which is nobody's.
  {
    pattern: /: shpc_isr: intr_loc2? = ([0-9a-f]+)$/g,
    isOwn: (location, { place }) => {
      const slots = Number.parseInt(location, 16) & ~1;
      return slots === 0 ? undefined : (slots & (2 << shpcIndex(place))) !== 0;
    },
  },
  // QEMU hw/i386/acpi-build.c calls the device at devfn 0x10 S10, below the one of the bridge before it.
  {
    pattern: /_SB_\.PCI0\.(S[0-9A-F]{2}_(?:\.S[0-9A-F]{2}_)*):/g,
    isOwn: (path, { place }) => acpiPlace(path) === place,
  },
  // Names of what the kernel found in a device.
  { pattern: /\b(virtio\d+)\b/g, isOwn: isPart },
  { pattern: /\[([sv]d[a-z]+)\]/g, isOwn: isPart },
];

/** With function (`pci_name()`) or without, as in `domain:bus:dev = 0000:01:03`. */
const ADDRESS = /\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?\b/g;
/** What hot-plug drivers put before their messages. */
const CONTROLLER = /^(?:pcieport \S+: pciehp|shpchp \S+): /;

/** A line that names two things, of which one is another's, is another's. */
export function mentionIn(text: string, subject: Subject): Mention {
  const { whereabouts } = subject;
  const addresses = [...text.replace(CONTROLLER, '').matchAll(ADDRESS)].map(([address]) =>
    whereabouts ? whereabouts.address === address || whereabouts.address.startsWith(`${address}.`) : false,
  );
  const named = NAMINGS.flatMap(({ pattern, isOwn }) =>
    [...text.matchAll(pattern)].map(([, name = '']) => isOwn(name, subject)),
  );
  const verdicts = [...addresses, ...named];
  if (verdicts.includes(false)) return 'other';
  return verdicts.includes(true) ? 'own' : 'none';
}

function isPort(address: string, { whereabouts }: Subject): boolean | undefined {
  return whereabouts ? whereabouts.port === address : undefined;
}

function isPart(name: string, { whereabouts }: Subject): boolean {
  return whereabouts?.names.has(name) ?? false;
}

function isShpcSlot(index: number, { place }: Subject): boolean {
  return index === shpcIndex(place);
}

function shpcIndex(place: string): number {
  return Number.parseInt(place.slice(-4), 16) - SHPC_FIRST_DEVICE;
}

/** `S10_.S08_` is `02.0/01.0`: device number and function share a byte. */
function acpiPlace(path: string): string {
  const parts = path.split('.').map((part) => {
    const devfn = Number.parseInt(part.slice(1, 3), 16);
    return `${(devfn >> 3).toString(16).padStart(2, '0')}.${devfn & 7}`;
  });
  return parts.join('/');
}
