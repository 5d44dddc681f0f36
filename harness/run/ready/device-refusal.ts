import { distance } from 'fastest-levenshtein';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';

/** What QEMU would not do, in its own words, and what it has instead. */
export interface Refusal {
  readonly device: string;
  readonly deviceId: string;
  readonly command: QmpCommand;
  readonly said: string;
  readonly instead: Instead | undefined;
}

export type Instead =
  /** By category, as `parseDrivers` gives them. */
  | { readonly kind: 'drivers'; readonly drivers: Drivers }
  | { readonly kind: 'properties'; readonly asked: string; readonly properties: readonly string[] };

/** Names of device drivers by category, in QEMU's order. */
export type Drivers = ReadonlyMap<string, readonly string[]>;

const MAX_NEAR = 3;
/** A name that is as far off in more than half of its letters is another name. */
const LETTERS_PER_SLIP = 2;

/** Bridges and ports are the topology's. */
const CATEGORY_OF_BRIDGES = 'Controller/Bridge/Hub';

/** The same device for another generation of the virtio standard. */
const VIRTIO_VARIETY = /-(non-)?transitional$/;

/**
 * The drivers for PCI from what QEMU's monitor answers to `device_add help`: headings such as `Storage devices:` and lines
 * such as `name "nvme", bus PCI, desc "…"`. QMP has no list with categories.
 */
export function parseDrivers(help: string): Drivers {
  const drivers = new Map<string, readonly string[]>();
  let category = '';
  for (const line of help.split(/\r?\n/)) {
    category = /^(.+) devices:$/.exec(line)?.[1] ?? category;
    const name = /^name "([^"]+)", bus PCI\b/.exec(line)?.[1];
    if (name === undefined || category === CATEGORY_OF_BRIDGES || VIRTIO_VARIETY.test(name)) continue;
    drivers.set(category, [...(drivers.get(category) ?? []), name]);
  }
  return drivers;
}

/** For a person: what was asked and what QEMU said; and if there is something else that it has, a line of it each. */
export function refusalText({ device, deviceId, command, said, instead }: Refusal): string {
  const { driver } = command.arguments;
  const asked = driver === undefined ? command.execute : `${command.execute} of ${String(driver)}`;
  const subject = `${device} "${deviceId}": QEMU refuses ${asked}: ${said}`;
  if (instead === undefined) return subject;
  if (instead.kind === 'properties') {
    const near = nearest(instead.asked, instead.properties);
    const all = `it has ${[...instead.properties].sort().join(', ')}`;
    return [`${subject}${meant(near)}`, `  ${all}`].join('\n');
  }
  const near = nearest(String(driver), [...instead.drivers.values()].flat());
  const lines = [...instead.drivers].map(([category, names]) => `  ${category.toLowerCase()}: ${names.join(', ')}`);
  return [`${subject}${meant(near)}`, '  it can plug', ...lines].join('\n');
}

function meant(near: readonly string[]): string {
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

function nearest(word: string, names: readonly string[]): readonly string[] {
  return names
    .map((name) => ({ name, slips: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, slips }) => slips > 0 && slips <= Math.max(word.length, name.length) / LETTERS_PER_SLIP)
    .sort((a, b) => a.slips - b.slips)
    .slice(0, MAX_NEAR)
    .map(({ name }) => name);
}
