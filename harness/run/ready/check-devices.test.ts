import { expect, test } from 'vitest';
import { devices } from '../../machine/device/index.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { takenNames } from './check-devices.ts';

const topology = topologyOf('libvirt');
const spec = {
  topology,
  topologyOptions: {},
  parts: topology.parts?.({}) ?? [],
  guest: {
    cpus: 1,
    memoryMiB: 256,
    kernel: { source: 'stock' },
    iommu: false,
    firmwareLog: false,
    parameters: { odd: 'a,id=free' },
  },
  files: { kernelImage: '', initramfs: '' },
  accelerator: 'tcg',
} as const;

function taken(name: string, deviceId: string, options: Readonly<Record<string, unknown>> = {}) {
  const device = devices.get(name);
  const slot = topology.slots({})[0];
  if (!device || !slot) throw new Error('no such device, or no slot');
  return takenNames(spec, [{ device, deviceId, options, slot }]);
}

test('a device with the id of one that the machine has is refused, by its own name', () => {
  expect(taken('virtio-net', 'net0')).toEqual([
    'virtio-net "net0": the machine itself has the device "net0"; give it another id',
  ]);
  expect(taken('nvme', 'pci.1')[0]).toContain('the device "pci.1"');
});

test('so is one whose backend has such a name', () => {
  expect(taken('virtio-net', 'hostnet0')[0]).toContain('the netdev "hostnet0"');
  const rng = {
    driver: 'virtio-rng-pci',
    usable: 'virtio-driver',
    backends: { object: { 'qom-type': 'rng-builtin' } },
  };
  expect(taken('custom', 'objrng0', rng)[0]).toContain('the object "objrng0"');
});

test('a name in another name space is free, as is any that only looks like one', () => {
  expect(taken('nvme', 'hostnet0', { backend: 'null-co' })).toEqual([]);
  expect(taken('virtio-net', 'free')).toEqual([]);
});
