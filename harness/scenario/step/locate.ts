import { z } from 'zod';
import type { OwnBus, Slot } from '../../machine/device/device.ts';
import { devices as knownDevices } from '../../machine/device/index.ts';
import {
  type DeviceInSlot,
  FIRST_OWN_PLACE,
  type NamedDevice,
  type OwnPlace,
  type RefusingPlace,
  type Retry,
  type Step,
} from '../../variant.ts';
import { count, didYouMean, listWords, quote } from '../../words.ts';
import type { Path } from '../yaml/problem.ts';
import { durationMs, offsetMs } from '../yaml/quantity.ts';
import { MAX_ID_LENGTH } from './choices.ts';
import { type DeviceChoice, type Layout, misplaced, type Placed, type Whereabouts } from './step-kind.ts';

/** Where QEMU's name of a bus could stand: the first free slot on any. */
export const AUTO_BUS = 'auto';

/** Devices of one kind that need ids and slots. */
export interface Wanted {
  readonly device: DeviceChoice;
  readonly many: number;
  /** Of the first of them; the others are numbered after it. */
  readonly id?: string;
  readonly bus?: string;
  /** On that bus: QEMU's, without prefix and leading zeros. */
  readonly addr?: string;
  /** `all`: QEMU is to refuse them, wherever they are put. `rest`: those for which there is no slot. */
  readonly refused?: 'all' | 'rest';
  readonly retry?: Retry;
  /** The bus need not be one of the topology's. */
  readonly mayBringBus?: true;
}

/** A device with its id, and where it is plugged. One that QEMU is meant to refuse has no slot afterwards. */
type Located =
  | (DeviceInSlot & { readonly refused: false })
  | (NamedDevice & { readonly slot: number | RefusingPlace; readonly refused: true });

/** Gives every device an id and a slot; or says why there is none. */
export function locate(
  layout: Layout,
  wanted: Wanted,
  surroundings: Whereabouts,
): Placed | { readonly devices: readonly Located[] } {
  const {
    device: { name, options },
    many,
    id,
    refused,
  } = wanted;
  const { path } = surroundings;
  const { plugged, everPlugged, reserved, namedIds } = layout;
  if (id !== undefined && (reserved.ids.has(id) || plugged.some(({ deviceId }) => deviceId === id))) {
    const expected = 'an id of its own for each device that is plugged';
    return misplaced(layout, [...path, 'id'], `the id ${quote(id)} for the second time`, expected);
  }
  const ownBus = ownBusOf(wanted, surroundings);
  if (knownDevices.get(name)?.ownBus === 'scsi' && !ownBus && refused !== 'all') {
    const expected = '"bus" with that of a SCSI controller, such as "scsi0.0" of the controller scsi0';
    return misplaced(layout, path, `${name} on a bus of PCI`, expected, {}, 'key');
  }
  const noPlace = ownBus ? undefined : placeProblem(layout, wanted, surroundings);
  if (noPlace) return noPlace;
  const devices: Located[] = [];
  const ids = new Set([...namedIds, ...reserved.ids, ...everPlugged.map(({ deviceId }) => deviceId)]);
  const isFreed = (slot: number) => wanted.retry !== undefined && layout.freed.has(slot);
  const busy = [...reserved.slots].filter((slot) => !isFreed(slot));
  const taken = new Set([...busy, ...plugged.map(({ slot }) => slot)]);
  let lastNumber = 1;
  for (let number = 0; number < many; number += 1) {
    const free = freeId(ids, id ?? name, lastNumber);
    const deviceId = id !== undefined && number === 0 ? id : free.id;
    lastNumber = free.number;
    if (deviceId.length > MAX_ID_LENGTH) {
      const wrong = `${quote(deviceId)}, the id of device ${number + 1}, is ${deviceId.length} characters long`;
      return misplaced(layout, [...path, 'id'], wrong, `at the most ${MAX_ID_LENGTH}`);
    }
    const slot = ownBus ? ownSlot(layout, wanted, taken) : freeSlot(wanted, taken, surroundings.slots);
    if (slot === undefined && refused === undefined)
      return noSlotLeft(layout, wanted, [...path, wanted.addr === undefined ? 'bus' : 'addr'], surroundings, number);
    ids.add(deviceId);
    const named = { deviceId, device: name, options };
    if (slot === undefined || refused === 'all') {
      devices.push({ ...named, slot: slot ?? refusingPlace(wanted, surroundings.slots), refused: true });
    } else {
      devices.push({ ...named, slot, refused: false });
      taken.add(slot);
    }
  }
  return { devices };
}

/** The kind of a bus that the topology has not, where the device can be on such a one. */
function ownBusOf(
  { device, bus = AUTO_BUS, refused, mayBringBus }: Wanted,
  { slots }: Whereabouts,
): OwnBus | undefined {
  if (!mayBringBus || !slots || bus === AUTO_BUS || refused === 'all') return undefined;
  return slots.some((slot) => slot.bus === bus) ? undefined : knownDevices.get(device.name)?.ownBus;
}

/** The index of a place on such a bus. Of LUNs it is the first that is free. */
function ownSlot(
  { ownPlaces }: Layout,
  { device, bus = AUTO_BUS, addr }: Wanted,
  taken: ReadonlySet<number>,
): number | undefined {
  const indexOf = (place: OwnPlace) => {
    const known = ownPlaces.findIndex((one) => one.bus === place.bus && one.addr === place.addr);
    return FIRST_OWN_PLACE + (known === -1 ? ownPlaces.push(place) - 1 : known);
  };
  if (knownDevices.get(device.name)?.ownBus !== 'scsi') {
    const at = addr ?? lunOf(device.options);
    const index = indexOf({ bus, ...(at !== undefined && { addr: at }) });
    return taken.has(index) ? undefined : index;
  }
  const { target, lun: first } = device.options as { readonly target: number; readonly lun: number };
  for (let lun = first; ; lun += 1) {
    const index = indexOf({ bus, addr: `${target}:${lun}` });
    if (!taken.has(index)) return index;
  }
}

/** As the properties of a custom device have it. */
function lunOf({ properties }: DeviceChoice['options']): string | undefined {
  const { lun, 'scsi-id': target = 0 } = (properties ?? {}) as Readonly<Record<string, unknown>>;
  return lun === undefined ? undefined : `${target}:${lun}`;
}

/** What is wrong with the bus or the address that the step names. What QEMU is to refuse may be anywhere. */
function placeProblem(
  layout: Layout,
  { bus = AUTO_BUS, addr, refused }: Wanted,
  { path, slots }: Whereabouts,
): Placed | undefined {
  if (addr !== undefined && bus === AUTO_BUS) {
    return misplaced(layout, [...path, 'addr'], '"addr" without a bus that it is on', '"bus" beside it', {}, 'key');
  }
  if (!slots || bus === AUTO_BUS || refused === 'all') return undefined;
  const onBus = slots.filter((slot) => slot.bus === bus);
  if (onBus.length === 0) {
    const [wrong, expected, meant] = noSuchBus(bus, slots);
    return misplaced(layout, [...path, 'bus'], wrong, expected, meant);
  }
  if (addr === undefined || onBus.some((slot) => plainAddress(slot.addr) === addr)) return undefined;
  const expected = listWords(
    onBus.map((slot) => quote(plainAddress(slot.addr))),
    'or',
  );
  return misplaced(layout, [...path, 'addr'], `${bus} has no slot at the address ${quote(addr)}`, expected);
}

/** The first slot that nothing is in, among those that the step allows. */
function freeSlot(
  { bus = AUTO_BUS, addr, refused }: Wanted,
  taken: ReadonlySet<number>,
  slots: readonly Slot[] | undefined,
): number | undefined {
  if (!slots) return firstFree(taken);
  const candidates = slots.flatMap((slot, index) =>
    (bus === AUTO_BUS || slot.bus === bus) && (addr === undefined || plainAddress(slot.addr) === addr) ? [index] : [],
  );
  const free = candidates.find((index) => !taken.has(index));
  // More than there are slots: what is wrong is then said of the topology (check-references.ts).
  return free ?? (bus === AUTO_BUS && refused === undefined ? firstFree(taken) : undefined);
}

/**
 * Where nothing is free, the address of a slot that is taken. It has to be said: QEMU 7.2 itself takes the address 1 behind a
 * root port whose 0 is taken, where no guest looks for a device. On a bus without slots QEMU chooses.
 */
function refusingPlace({ bus = AUTO_BUS, addr }: Wanted, slots: readonly Slot[] = []): RefusingPlace {
  const last = slots.findLast((slot) => bus === AUTO_BUS || slot.bus === bus);
  const at = addr ?? last?.addr;
  return { bus: last?.bus ?? bus, ...(at !== undefined && { addr: at }) };
}

/** What to write where QEMU's refusal is what one wants to see. */
const REFUSAL_WANTED = 'or "expect: refused" where QEMU is to refuse it, "expect: [ok, refused]" the rest of several';

function noSlotLeft(
  layout: Layout,
  { many, bus = AUTO_BUS, addr }: Wanted,
  path: Path,
  { slots = [] }: Whereabouts,
  found: number,
): Placed {
  if (addr !== undefined) {
    const user = layout.plugged.find(({ slot }) => {
      const used = slots[slot];
      return used?.bus === bus && plainAddress(used.addr) === addr;
    });
    const wrong = `the slot at ${quote(addr)} on ${bus} is in use${user ? ` by ${quote(user.deviceId)}` : ''} here`;
    return misplaced(layout, path, wrong, `a free slot, ${REFUSAL_WANTED}`);
  }
  const has = `it has ${count(slots.filter((slot) => slot.bus === bus).length, 'slot')}`;
  const wrong = `${count(many, 'device')} for ${bus}, but ${has}, ${found} of them free here`;
  return misplaced(layout, path, wrong, `a free slot for each of them, ${REFUSAL_WANTED}`);
}

function noSuchBus(bus: string, slots: readonly Slot[]) {
  const buses = [...new Set(slots.map((slot) => slot.bus))];
  const expected = listWords([AUTO_BUS, ...buses], 'or');
  return [`the topology has no bus ${quote(bus)}`, expected, didYouMean(bus, buses)] as const;
}

const ADDRESS = /^(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/i;

/**
 * An address as QEMU reads it (device number and function, hexadecimal), in one of the ways to write it: `3`, `1f`, `3.1`.
 * The number 10 could be meant as either, so that of numbers only those are taken that are the same in both.
 */
export const pciAddress = z
  .union([z.int().min(0).max(9), z.string().regex(ADDRESS)])
  .transform((given) => plainAddress(String(given)))
  .meta({ title: 'an address on that bus, hexadecimal and in quotes: "3", "1f", or "3.1" with the function' });

function plainAddress(given: string): string {
  const [, device = '', fn = '0'] = ADDRESS.exec(given) ?? [];
  return `${Number.parseInt(device, 16).toString(16)}${fn === '0' ? '' : `.${fn}`}`;
}

/** The name, with -2, -3 … where it is taken. */
function freeId(
  taken: ReadonlySet<string>,
  name: string,
  from: number,
): { readonly id: string; readonly number: number } {
  for (let number = from; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return { id, number };
  }
}

function firstFree(taken: ReadonlySet<number>): number {
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  return slot;
}

/** How several operations of one step follow each other: keys of `plug` and of `unplug`. */
export const arrangement = {
  together: z
    .boolean()
    .describe('several at the same time, which is the default, or one after another')
    .exactOptional(),
  gap: offsetMs.describe('between the starts of those that go together, or between one and the next').exactOptional(),
};

/** More attempts than any client makes. */
const MAX_TIMES = 100;

/** A key of `plug` and of `unplug`. */
export const retry = z
  .strictObject({
    every: durationMs.describe('from one request to the next'),
    times: z.int().min(2).max(MAX_TIMES).describe('how many requests there are at the most'),
  })
  .transform(({ every, times }): Retry => ({ everyMs: every, times }))
  .describe('ask again until it succeeds; it then lasts from the first request on, and "timeout" does not count')
  .exactOptional();

export interface Arrangement {
  readonly together?: boolean;
  /** Milliseconds. */
  readonly gap?: number;
}

/** Several steps of one kind, at the same time or one after another. */
export function arranged(steps: readonly Step[], { together = true, gap = 0 }: Arrangement): readonly Step[] {
  if (steps.length === 1) return steps;
  if (!together) return steps.flatMap((step, index) => [...(index > 0 ? wait(gap) : []), step]);
  return [{ operation: 'parallel', branches: steps.map((step, index) => [...wait(gap * index), step]) }];
}

function wait(waitMs: number): readonly Step[] {
  return waitMs > 0 ? [{ operation: 'wait', waitMs }] : [];
}
