import { z } from 'zod';
import type { Slot } from '../../machine/device/device.ts';
import type { DeviceInSlot, Step } from '../../variant.ts';
import { count, didYouMean, listWords, quote } from '../../words.ts';
import { offsetMs } from '../yaml/quantity.ts';
import { MAX_ID_LENGTH } from './choices.ts';
import { type DeviceChoice, type Layout, misplaced, type Placed, type Surroundings } from './step-kind.ts';

/** Where QEMU's name of a bus could stand: the first free slot on any. */
export const AUTO_BUS = 'auto';

/** Devices of one kind that need ids and slots. */
export interface Wanted {
  readonly device: DeviceChoice;
  readonly many: number;
  /** Of the first of them; the others are numbered after it. */
  readonly id?: string;
  readonly bus?: string;
}

/** Gives every device an id and a slot; or says why there is none. */
export function locate(
  layout: Layout,
  { device: { name, options }, many, id, bus = AUTO_BUS }: Wanted,
  { path, slots }: Surroundings,
): Placed | { readonly devices: readonly DeviceInSlot[] } {
  const { plugged, everPlugged, reserved, namedIds } = layout;
  if (id !== undefined && (reserved.ids.has(id) || plugged.some(({ deviceId }) => deviceId === id))) {
    const expected = 'an id of its own for each device that is plugged';
    return misplaced(layout, [...path, 'id'], `the id ${quote(id)} for the second time`, expected);
  }
  const onBus = (slots ?? []).flatMap((slot, index) => (slot.bus === bus ? [index] : []));
  const candidates = bus === AUTO_BUS ? undefined : onBus;
  if (slots && candidates?.length === 0) {
    const [wrong, expected, meant] = noSuchBus(bus, slots);
    return misplaced(layout, [...path, 'bus'], wrong, expected, meant);
  }
  const devices: DeviceInSlot[] = [];
  const ids = new Set([...namedIds, ...reserved.ids, ...everPlugged.map(({ deviceId }) => deviceId)]);
  const taken = new Set([...reserved.slots, ...plugged.map(({ slot }) => slot)]);
  let lastNumber = 1;
  for (let number = 0; number < many; number += 1) {
    const free = freeId(ids, id ?? name, lastNumber);
    const deviceId = id !== undefined && number === 0 ? id : free.id;
    lastNumber = free.number;
    const slot = candidates ? candidates.find((candidate) => !taken.has(candidate)) : firstFree(taken);
    if (slots && slot === undefined) {
      const has = `it has ${count(onBus.length, 'slot')}`;
      const wrong = `${count(many, 'device')} for ${bus}, but ${has}, ${number} of them free here`;
      return misplaced(layout, [...path, 'bus'], wrong, 'a free slot for each of them');
    }
    if (deviceId.length > MAX_ID_LENGTH) {
      const wrong = `${quote(deviceId)}, the id of device ${number + 1}, is ${deviceId.length} characters long`;
      return misplaced(layout, [...path, 'id'], wrong, `at the most ${MAX_ID_LENGTH}`);
    }
    ids.add(deviceId);
    taken.add(slot ?? 0);
    devices.push({ deviceId, device: name, options, slot: slot ?? 0 });
  }
  return { devices };
}

function noSuchBus(bus: string, slots: readonly Slot[]) {
  const buses = [...new Set(slots.map((slot) => slot.bus))];
  const expected = listWords([AUTO_BUS, ...buses], 'or');
  return [`the topology has no bus ${quote(bus)}`, expected, didYouMean(bus, buses)] as const;
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
