import { expect, test } from 'vitest';
import { machinePartsOf } from './machine-parts-of.ts';

const kata = { topology: 'kata', topologyOptions: {} } as const;

test('a machine that is saved is without the part that QEMU cannot save, and says so', () => {
  const { parts, leftOut } = machinePartsOf({ ...kata, bootMode: 'snapshot' });
  expect(parts.some(({ sharesMemory }) => sharesMemory)).toBe(false);
  expect(leftOut).toContain('vhost-user-fs-pci: QEMU cannot save a guest that has it');
});

test('a fresh one has all that the host can give', () => {
  const { parts, leftOut } = machinePartsOf({ ...kata, bootMode: 'fresh' });
  expect(parts.map(({ name }) => name)).toContain('virtio-scsi-pci');
  expect(leftOut.every((text) => text.includes('this host lacks'))).toBe(true);
});
