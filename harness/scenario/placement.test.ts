import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyLayout } from '../machine/topology/layouts.fixture.ts';
import type { DeviceInSlot, MeasuredStep, Step } from '../variant.ts';
import { placeSequence } from './sequence.ts';
import type { SequenceItems } from './step/step-kind.ts';
import { measuredSteps } from './step/walk-steps.ts';

const id = fc.constantFrom('a', 'b', 'disk', 'disk-2');
const kind = { name: 'disk', options: {} };

/** Arguments as the steps' schemas leave them. What cannot be placed is left out by the placement. */
const plug = fc.record(
  {
    device: fc.constantFrom('disk', 'card'),
    options: fc.constant({}),
    count: fc.integer({ min: 1, max: 4 }),
    id,
    together: fc.boolean(),
    gap: fc.constantFrom(0, 50),
  },
  { requiredKeys: ['device', 'options'] },
);
const unplug = fc.oneof(
  fc.constantFrom('all', 'disk', 'card', 'a', 'disk-2'),
  fc.record(
    {
      device: fc.constantFrom('disk', 'card'),
      count: fc.integer({ min: 1, max: 3 }),
      order: fc.constantFrom('oldest-first', 'newest-first'),
      together: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
);

const { items } = fc.letrec<{ item: SequenceItems[number]; items: SequenceItems }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    plug.map((argument) => ({ plug: argument })),
    unplug.map((argument) => ({ unplug: argument })),
    fc.constantFrom('unplug', 'plug'),
    fc.constant({ wait: 5 }),
    fc.array(tie('items'), { minLength: 2, maxLength: 3 }).map((branches) => ({ parallel: branches })),
    fc.tuple(fc.integer({ min: 1, max: 3 }), tie('items')).map(([times, steps]) => ({ repeat: { times, steps } })),
    tie('items').map((steps) => ({ load: { guest: 1, steps } })),
  ),
  items: fc.array(tie('item'), { minLength: 1, maxLength: 4 }),
}));

const placed = (sequence: SequenceItems) => placeSequence(['boot', ...sequence], { device: kind, devices: 2 }, []);

test('no two devices have one slot or one id at the same time, and only what is plugged is unplugged', () => {
  fc.assert(
    fc.property(items, (sequence) => {
      const { steps, left } = placed(sequence);
      const plugged = follow(steps, []);
      expect(plugged.map(({ deviceId }) => deviceId).toSorted()).toEqual(
        left.map(({ deviceId }) => deviceId).toSorted(),
      );
    }),
    { numRuns: 500 },
  );
});

test('every measured step has a place of its own in the pass', () => {
  fc.assert(
    fc.property(items, (sequence) => {
      const places = measuredSteps(placed(sequence).steps).map((step) => step.sequence);
      expect(new Set(places).size).toBe(places.length);
      expect(Math.min(1, ...places)).toBe(1);
    }),
  );
});

test('there are as many slots in use as the layout says', () => {
  fc.assert(
    fc.property(items, (sequence) => {
      const { steps, slotsUsed } = placed(sequence);
      const highest = Math.max(-1, ...measuredSteps(steps).map(slotOf));
      expect(slotsUsed).toBe(highest + 1);
    }),
  );
});

/** What is plugged after the steps; throws where two would be in one place, or nothing is to be unplugged. */
function follow(steps: readonly Step[], before: readonly DeviceInSlot[]): readonly DeviceInSlot[] {
  return steps.reduce<readonly DeviceInSlot[]>((plugged, step) => {
    if (step.operation === 'plug') return withDevice(plugged, step);
    if (step.operation === 'unplug') return withoutDevice(plugged, step);
    if (step.operation === 'load') return follow(step.steps, plugged);
    if (step.operation !== 'parallel') return plugged;
    keepApart(step.branches);
    return step.branches.reduce((current, branch) => follow(branch, current), plugged);
  }, before);
}

function withDevice(plugged: readonly DeviceInSlot[], step: MeasuredStep): readonly DeviceInSlot[] {
  for (const { slot, deviceId } of plugged) {
    expect(slot).not.toBe(step.slot);
    expect(deviceId).not.toBe(step.deviceId);
  }
  return [...plugged, { ...step, slot: slotOf(step) }];
}

/** Nothing here is meant to be refused, and so everything has a slot. */
function slotOf({ slot }: MeasuredStep): number {
  if (typeof slot !== 'number') throw new Error(`plugged on ${slot.bus}, in no slot`);
  return slot;
}

function withoutDevice(plugged: readonly DeviceInSlot[], step: MeasuredStep): readonly DeviceInSlot[] {
  // Another branch may have unplugged it, too.
  if (!step.contested)
    expect(plugged).toContainEqual(expect.objectContaining({ deviceId: step.deviceId, slot: step.slot }));
  return plugged.filter(({ deviceId }) => deviceId !== step.deviceId);
}

/** Whatever the order in which branches run: none uses a slot or an id that another touches, but to unplug what is there. */
function keepApart(branches: readonly (readonly Step[])[]): void {
  for (const [index, branch] of branches.entries()) {
    const others = branches.filter((_, other) => other !== index).flatMap((other) => measuredSteps(other));
    for (const one of measuredSteps(branch)) {
      const { slot, deviceId, contested } = one;
      // To unplug what another branch has takes no slot.
      const takes = (step: MeasuredStep) => !(step.contested && step.operation === 'unplug');
      const foreign = others.filter((other) => other.deviceId !== deviceId && takes(other));
      if (takes(one)) expect(foreign.map((other) => other.slot)).not.toContain(slot);
      const same = others.filter((other) => other.deviceId === deviceId);
      if (same.length > 0) {
        expect(contested).toBe(true);
        expect(same.every((other) => other.contested)).toBe(true);
      }
    }
  }
}

test('on any layout, whatever bus a step names, no two devices are in one slot', () => {
  const onLayout = anyLayout.chain(({ topology, options }) => {
    const slots = topology.slots(options);
    const bus = fc.constantFrom('auto', ...new Set(slots.map((slot) => slot.bus)));
    const step = fc.oneof(
      fc.tuple(bus, fc.integer({ min: 1, max: 40 })).map(([named, count]) => ({
        plug: { device: 'disk', options: {}, count, bus: named },
      })),
      fc.constant('unplug'),
    );
    return fc.array(step, { minLength: 1, maxLength: 6 }).map((sequence) => ({ slots, sequence }));
  });
  fc.assert(
    fc.property(onLayout, ({ slots, sequence }) => {
      const settings = { slots, device: kind, devices: 1 };
      const { steps } = placeSequence(['boot', ...sequence], settings, []);
      const taken = new Set<string>();
      for (const { operation, slot } of measuredSteps(steps)) {
        if (typeof slot !== 'number') continue;
        const { bus, addr } = slots[slot] ?? { bus: 'none', addr: String(slot) };
        const key = `${bus} ${addr}`;
        if (operation === 'unplug') taken.delete(key);
        else {
          expect(taken.has(key)).toBe(false);
          taken.add(key);
        }
      }
    }),
  );
});
