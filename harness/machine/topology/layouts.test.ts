import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyLayout, type Layout } from './layouts.fixture.ts';

/** `-device` arguments, written as options or as JSON, as maps of texts. */
function devicesOf({ topology, options }: Layout): readonly Readonly<Record<string, string>>[] {
  const words = [
    ...topology.arguments(options),
    ...(topology.parts?.(options) ?? []).flatMap((part) => part.arguments('/run/x')),
  ];
  return words
    .filter((_, index) => words[index - 1] === '-device')
    .map((word) => {
      if (word.startsWith('{')) return JSON.parse(word);
      const [driver = '', ...properties] = word.split(',');
      return Object.fromEntries([['driver', driver], ...properties.map((property) => property.split('='))]);
    });
}

function expectUnique(values: readonly string[]): void {
  expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
}

describe('whatever the layout and its options', () => {
  test('no two slots are one, by bus and address or by place, and none is one that the machine itself uses', () => {
    fc.assert(
      fc.property(anyLayout, ({ topology, options }) => {
        const slots = topology.slots(options);
        expectUnique(slots.map(({ bus, addr }) => `${bus} ${addr}`));
        expectUnique([...slots.map(({ place }) => place), ...(topology.occupied?.(options) ?? [])]);
      }),
    );
  });

  test('no two devices of the machine have one id, one address or one chassis and slot, and none sits in a slot', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const devices = devicesOf(layout);
        expectUnique(devices.flatMap(({ id }) => id ?? []));
        const numberOf = (addr: string) => addr.split('.').map((part) => Number.parseInt(part, 16));
        const places = devices.flatMap(({ bus, addr }) =>
          bus === undefined || addr === undefined ? [] : `${bus} ${numberOf(addr)[0]}.${numberOf(addr)[1] ?? 0}`,
        );
        expectUnique(places);
        const slots = layout.topology.slots(layout.options);
        expectUnique([...places, ...slots.map(({ bus, addr }) => `${bus} ${numberOf(addr)[0]}.0`)]);
        expectUnique(devices.flatMap(({ chassis, slot }) => (chassis === undefined ? [] : `${chassis} ${slot}`)));
        expectUnique(devices.flatMap(({ chassis_nr: chassis }) => chassis ?? []));
      }),
    );
  });

  test('every slot is on the root bus or on a bus that a device of the machine makes', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const ids = devicesOf(layout).map(({ id }) => id);
        const buses = new Set(layout.topology.slots(layout.options).map(({ bus }) => bus));
        expect([...buses].filter((bus) => bus !== 'pci.0' && !ids.includes(bus))).toEqual([]);
      }),
    );
  });
});

test('a port that nothing can be plugged into is the last to be used', () => {
  fc.assert(
    fc.property(anyLayout, ({ topology, options }) => {
      const closed = topology.slots(options).map(({ isClosed = false }) => isClosed);
      expect(closed).toEqual(closed.toSorted());
    }),
  );
});
