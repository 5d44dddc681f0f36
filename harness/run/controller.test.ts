import { expect, test } from 'vitest';
import { topologyOf } from '../topology/index.ts';
import { wrongController } from './controller.ts';

const topology = topologyOf('pcie-root-port');
const used = topology.slots({ ports: 1 });
const slot = (controller: string, place = '02.0/00.0') => ({ name: '1', place, controller });

test('the promised driver owns the slot', () => {
  expect(wrongController(topology, used, [slot('pciehp'), slot('acpiphp', '1f.0')])).toBeUndefined();
});

test.each([
  [[slot('acpiphp')], 'pcie-root-port promises pciehp, but slot 02.0/00.0 is owned by acpiphp'],
  [[], 'pcie-root-port promises pciehp, but slot 02.0/00.0 is not registered by any driver'],
])('another driver or none is named', (found, message) => {
  expect(wrongController(topology, used, found)).toBe(message);
});
