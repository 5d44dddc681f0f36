import { expect, test } from 'vitest';
import { qemuFunctions } from './pci-functions.ts';

test('functions have their place from the root bus down, as the guest has it', () => {
  const behind = { bus: 1, slot: 0, function: 0, qdev_id: 'disk' };
  const answer = [
    {
      bus: 0,
      devices: [
        { bus: 0, slot: 0, function: 0 },
        { bus: 0, slot: 2, function: 1, qdev_id: 'port0', pci_bridge: { bus: {}, devices: [behind] } },
        { bus: 0, slot: 31, function: 3, qdev_id: '', pci_bridge: { bus: {} } },
      ],
    },
  ];
  expect(qemuFunctions(answer)).toEqual([
    { id: '', place: '00.0' },
    { id: 'port0', place: '02.1' },
    { id: 'disk', place: '02.1/00.0' },
    { id: '', place: '1f.3' },
  ]);
});

test('an answer of another form is none', () => {
  expect(qemuFunctions({})).toBeUndefined();
  expect(qemuFunctions([{ devices: [{ slot: '2' }] }])).toBeUndefined();
});
