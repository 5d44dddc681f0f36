import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../timeline/recording.ts';
import { bootFacts } from './boot-facts.ts';
import { recordedBoot } from './facts.fixture.ts';

const { header, events } = recordedBoot('acpi-bridge');
const facts = (of: readonly RecordedEvent[]) => bootFacts(header, of);
const received = (event: RecordedEvent, ...kinds: readonly string[]) =>
  event.source === 'agent' && event.direction === 'received' && kinds.includes(event.message.kind);
const sent = (event: RecordedEvent, verb: string) =>
  event.source === 'agent' && event.direction === 'sent' && event.verb === verb;

test('slots come with their drivers, in the order of their places', () => {
  const { slots = [] } = facts(events);
  expect(slots).toHaveLength(32);
  expect(slots[1]).toEqual({
    name: '1',
    place: '02.0/01.0',
    owner: { known: true, driver: 'acpiphp', because: ['the link `module` of the slot'] },
  });
  expect(slots.map(({ place }) => place)).toEqual(slots.map(({ place }) => place).toSorted());
});

test('an inspection has what was plugged, what the guest had, and every attempt to take devices to userspace', () => {
  const [inspection, ...others] = facts(events).inspections;
  expect(others).toEqual([]);
  expect(inspection).toMatchObject({
    cycle: 1,
    plugged: [
      { deviceId: 'virtio-blk', place: '02.0/01.0' },
      { deviceId: 'virtio-blk-2', place: '02.0/02.0' },
    ],
    attempts: [
      { places: ['02.0/01.0'], claims: [{ place: '02.0/01.0', outcome: 'not-viable', reason: '' }] },
      {
        places: ['02.0/01.0', '02.0/02.0'],
        claims: [
          { place: '02.0/01.0', outcome: 'claimed', reason: '' },
          { place: '02.0/02.0', outcome: 'group-taken', reason: '' },
        ],
      },
    ],
    problems: [],
  });
  expect(inspection?.functions).toContainEqual({ place: '02.0/02.0', driver: 'virtio-pci', group: '1' });
});

test('a device that was unplugged before the inspection is not in it', () => {
  const unplug = events.findIndex(isUnplug);
  const inventory = events.findIndex((event) => sent(event, 'inventory'));
  const moved = events.slice(unplug, unplug + 2);
  const plugged = facts([...events.slice(0, inventory), ...moved, ...events.slice(inventory, unplug)]).inspections[0]
    ?.plugged;
  expect(plugged?.map(({ deviceId }) => deviceId)).toEqual(['virtio-blk-2']);
});

function isUnplug(event: RecordedEvent): boolean {
  return event.source === 'harness' && event.event === 'begin' && event.operation.operation === 'unplug';
}

test('an inventory taken because a plug failed is no inspection', () => {
  const lastEnd = events.findLastIndex((event) => event.source === 'harness' && event.event === 'end');
  const inventory = events.filter((event) => sent(event, 'inventory') || received(event, 'pci'));
  const failed = [...events.slice(0, lastEnd), ...inventory, ...events.slice(lastEnd)];
  expect(facts(failed).inspections).toEqual(facts(events).inspections);
});

describe('what the guest did not say is a problem, not a fact', () => {
  test('a question without an answer', () => {
    const claim = events.findIndex((event) => sent(event, 'claim'));
    const [inspection] = facts(events.slice(0, claim + 1)).inspections;
    expect(inspection?.problems).toEqual(['the guest did not answer "claim 02.0/01.0"']);
    expect(inspection?.attempts).toEqual([{ places: ['02.0/01.0'], claims: [] }]);
  });

  test('an inventory that was cut off', () => {
    const pci = events.findIndex((event) => received(event, 'pci'));
    const [inspection] = facts(events.slice(0, pci + 1)).inspections;
    expect(inspection?.problems).toEqual(['the guest did not answer "inventory"']);
    expect(inspection?.functions).toEqual([]);
  });

  test('a question that the agent rejected, a device that was not given back', () => {
    const changed = events.map((event) => {
      if (event.source !== 'agent' || event.direction !== 'received') return event;
      const { kind, fields } = event.message;
      const message = (over: object) => ({ ...event, message: { ...event.message, ...over } });
      if (kind === 'done' && fields.request === requestOf('inventory'))
        return message({ kind: 'rejected', fields: { ...fields, reason: 'no such verb' } });
      return kind === 'returned' && fields.place === '02.0/02.0'
        ? message({ fields: { ...fields, driver: '-', reason: 'Device busy' } })
        : event;
    });
    expect(facts(changed).inspections[0]?.problems).toEqual([
      'the agent rejected "inventory": no such verb',
      '02.0/02.0 did not get its kernel driver back: Device busy',
    ]);
  });

  test('slots that were never listed, or not to the end', () => {
    const listing = events.findIndex((event) => received(event, 'slot'));
    expect(facts(events.slice(0, listing + 1))).not.toHaveProperty('slots');
    expect(facts([])).toEqual({ scenario: 'iommu-groups', variant: 'acpi-bridge', boot: 1, inspections: [] });
  });
});

function requestOf(verb: string): string {
  const asked = events.find((event) => sent(event, verb));
  return asked?.source === 'agent' && asked.direction === 'sent' ? String(asked.request) : '';
}
