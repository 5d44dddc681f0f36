import { expect, test } from 'vitest';
import { parseDrivers, refusalText } from './device-refusal.ts';

/** As QEMU 7.2 answers, shortened. */
const HELP = [
  'Controller/Bridge/Hub devices:',
  'name "pci-bridge", bus PCI, desc "Standard PCI Bridge"',
  '',
  'Storage devices:',
  'name "ich9-ahci", bus PCI, alias "ahci"',
  'name "ide-hd", bus IDE, desc "virtual IDE disk"',
  'name "nvdimm", desc "DIMM memory module"',
  'name "nvme", bus PCI, desc "Non-Volatile Memory Express"',
  'name "virtio-blk-pci", bus PCI, alias "virtio-blk"',
  'name "virtio-blk-pci-non-transitional", bus PCI',
  'name "virtio-blk-pci-transitional", bus PCI',
  '',
  'Network devices:',
  'name "e1000e", bus PCI, desc "Intel 82574L GbE Controller"',
  'name "ne2k_isa", bus ISA',
].join('\r\n');

const drivers = new Map([
  ['Storage', ['ich9-ahci', 'nvme', 'virtio-blk-pci']],
  ['Network', ['e1000e']],
]);

function refusal(driver: string, said: string) {
  return { device: 'custom', deviceId: 'disk', command: { execute: 'device_add', arguments: { driver } }, said };
}

test('drivers for PCI by category: no bridges, nothing for other buses, one of each virtio device', () => {
  expect(parseDrivers(HELP)).toEqual(drivers);
  expect(parseDrivers('')).toEqual(new Map());
});

test('a refused driver: what was asked, what QEMU said, the nearest first, then all by category', () => {
  const said = "'virtio-blk-pcie' is not a valid device model name";
  expect(refusalText({ ...refusal('virtio-blk-pcie', said), instead: { kind: 'drivers', drivers } })).toBe(
    [
      `custom "disk": QEMU refuses device_add of virtio-blk-pcie: ${said}; did you mean virtio-blk-pci?`,
      '  it can plug',
      '  storage: ich9-ahci, nvme, virtio-blk-pci',
      '  network: e1000e',
    ].join('\n'),
  );
});

test('a refused property: the nearest, then all', () => {
  const instead = {
    kind: 'properties',
    asked: 'multifuncton',
    properties: ['rombar', 'addr', 'multifunction'],
  } as const;
  expect(refusalText({ ...refusal('nvme', "Property 'nvme.multifuncton' not found"), instead })).toBe(
    [
      `custom "disk": QEMU refuses device_add of nvme: Property 'nvme.multifuncton' not found; did you mean multifunction?`,
      '  it has addr, multifunction, rombar',
    ].join('\n'),
  );
});

test('a name that is like no other is only listed against', () => {
  const said = 'Parameter ‘driver’ expects a pluggable device type';
  const text = refusalText({ ...refusal('q', said), instead: { kind: 'drivers', drivers } });
  expect(text.split('\n')[0]).toBe(`custom "disk": QEMU refuses device_add of q: ${said}`);
});

test('what QEMU has nothing instead of is told in its own words; a backend has no driver', () => {
  const command = { execute: 'netdev_add', arguments: { type: 'pigeon' } };
  expect(refusalText({ ...refusal('', 'no such type'), command, instead: undefined })).toBe(
    'custom "disk": QEMU refuses netdev_add: no such type',
  );
});
