import { expect, test } from 'vitest';
import { topologyOf } from '../machine/topology/index.ts';
import { wrongController } from './controller.ts';

const topology = topologyOf('pcie-root-port');
const used = topology.slots({ ports: 1 });
const slot = (driver: string, place = '02.0/00.0') => {
  return { name: '1', place, owner: { known: true as const, driver, because: ['a sign'] } };
};
const promises = 'pcie-root-port promises pciehp, but slot 02.0/00.0';

test('the promised driver owns the slot', () => {
  expect(wrongController(topology, used, [slot('pciehp'), slot('acpiphp', '1f.0')])).toBeUndefined();
});

test('another driver is named, with what tells of it', () => {
  expect(wrongController(topology, used, [slot('acpiphp')])).toBe(`${promises} is owned by acpiphp (told by a sign)`);
});

test('a slot that is not there, and one that nobody can be named for, are said as that', () => {
  expect(wrongController(topology, used, [])).toBe(`${promises} is not in the guest: it lists no slot there`);
  const unowned = { ...slot(''), owner: { known: false as const, problem: 'has no owner that can be named: …' } };
  expect(wrongController(topology, used, [unowned])).toBe(`${promises} has no owner that can be named: …`);
});

test('of several wrong slots one is told in full', () => {
  const three = topology.slots({ ports: 3 });
  expect(wrongController(topology, three, [slot('acpiphp'), slot('pciehp', '03.0/00.0')])).toBe(
    `${promises} is owned by acpiphp (told by a sign); and so 1 more slot of the 3 used`,
  );
});
