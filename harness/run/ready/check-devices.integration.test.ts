import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareGuest } from '../../guest/prepare-guest.ts';
import { devices } from '../../machine/device/index.ts';
import { topologies, topologyOf } from '../../machine/topology/index.ts';
import type { MachineSpec } from '../../qemu/command-line.ts';
import { openRegistry, type ProcessRegistry } from '../../qemu/process-registry.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import { type DeviceToPlug, refusedDevices } from './check-devices.ts';

const QEMU = '/usr/bin/qemu-system-x86_64';
let registry: ProcessRegistry;
let files: MachineSpec['files'];

beforeAll(async () => {
  const opened = await openRegistry();
  const guest = await prepareGuest({ source: 'stock' }, { modules: ['virtio_pci'] }, () => undefined);
  if (!opened.ok || !guest.ok) throw new Error('no registry or no guest');
  registry = opened.value;
  files = guest.value;
});

afterAll(async () => {
  expect(await registry.close()).toEqual([]);
});

function machine(name: string): MachineSpec {
  const topology = topologyOf(name);
  const given = topology.options.safeParse({ ports: 16 }).success ? { ports: 16 } : {};
  const topologyOptions = topology.options.parse(given) as MachineSpec['topologyOptions'];
  const parts = topology.parts?.(topologyOptions).filter((part) => part.lacking() === undefined) ?? [];
  return { topology, topologyOptions, parts, guest: testVariant().guest, files, accelerator: 'tcg' };
}

/** A device in the topology's slot of this number. */
function inSlot({ topology, topologyOptions }: MachineSpec, name: string, given: object, index = 0): DeviceToPlug {
  const device = devices.get(name);
  const slot = topology.slots(topologyOptions)[index];
  if (!device || !slot) throw new Error(`no ${name} or no slot ${index}`);
  const options = device.options.parse(given) as DeviceToPlug['options'];
  return { device, deviceId: `${name}-${index}`, options, slot };
}

test.each([...topologies.keys()])('%s takes every device that this host has', async (name) => {
  const spec = machine(name);
  // QEMU supports one balloon in a machine, and some machines have their own.
  const hasBalloon = spec.parts?.some((part) => part.name.includes('balloon')) ?? false;
  const all = [...devices]
    .filter(([, { ownBus }]) => ownBus === undefined)
    .map(([device]) => device)
    .filter((device) => !(hasBalloon && device === 'virtio-balloon'));
  // Some machines have two slots only; devices that use one slot after another are tried on machines of their own.
  const slots = spec.topology.slots(spec.topologyOptions).length;
  const asked = [
    ...all.map((device, index) => inSlot(spec, device, {}, index % slots)),
    inSlot(spec, 'custom', { driver: 'virtio-keyboard-pci' }, all.length % slots),
  ].filter(({ device, options }) => device.lacking(options) === undefined);
  expect(await refusedDevices(spec, asked, { registry, qemu: QEMU })).toEqual([]);
});

test('devices that use one slot after another are tried on machines of their own', async () => {
  const spec = machine('acpi-root-port');
  const asked = ['virtio-blk', 'nvme', 'e1000e'].map((name) => inSlot(spec, name, {}));
  expect(await refusedDevices(spec, asked, { registry, qemu: QEMU })).toEqual([]);
});

test('what QEMU has not is refused with what it has, each device for its own reason', async () => {
  const spec = machine('acpi-bridge');
  const asked = [
    { driver: 'virtio-blk-pcj' },
    { driver: 'e1000e', properties: { subsys_vem: 1 } },
    { driver: 'VGA' },
    { driver: 'usb-tablet' },
    { driver: 'virtio-net-pci', properties: { netdev: '$id' }, backends: { netdev: { type: 'carrier-pigeon' } } },
  ].map((given, index) => inSlot(spec, 'custom', given, index));
  const file = inSlot(spec, 'virtio-blk', { backend: { file: '/nonexistent.raw' } }, asked.length);
  const refusals = await refusedDevices(spec, [...asked, file], { registry, qemu: QEMU });
  const lines = refusals.map((refusal) => refusal.split('\n'));
  expect(lines.map(([first]) => first)).toEqual([
    expect.stringMatching(/^custom "custom-0": .* of virtio-blk-pcj: .*not a valid.*; did you mean virtio-blk-pci or/),
    expect.stringMatching(/^custom "custom-1": .* of e1000e: .*subsys_vem' not found; did you mean subsys_ven/),
    expect.stringMatching(/^custom "custom-2": .* of VGA: .*pluggable/),
    expect.stringMatching(/^custom "custom-3": .* of usb-tablet: /),
    expect.stringMatching(/^custom "custom-4": QEMU refuses netdev_add: .*carrier-pigeon/),
    expect.stringMatching(/^virtio-blk "virtio-blk-5": QEMU refuses blockdev-add of raw: .*No such file/),
  ]);
  const drivers = [
    '  it can plug',
    expect.stringMatching(/^ {2}storage: .*\bnvme, /),
    expect.stringMatching(/^ {2}network: .*\be1000e, /),
  ];
  expect(lines[0]).toEqual(expect.arrayContaining(drivers));
  expect(lines[1]).toEqual([expect.anything(), expect.stringMatching(/^ {2}it has .*\bmultifunction\b/)]);
  expect(lines[2]).toEqual(expect.arrayContaining(drivers));
  expect(refusals[2]).not.toMatch(/ VGA\b.*,/);
  expect(lines.slice(3).flat()).toHaveLength(3);
});

test('a host without virtiofsd is told so', async () => {
  const spec = machine('acpi-root-port');
  const asked = inSlot(spec, 'vhost-user-fs', { virtiofsd: { file: '/nonexistent/virtiofsd' } });
  expect(await refusedDevices(spec, [asked], { registry, qemu: QEMU })).toEqual([
    'vhost-user-fs "vhost-user-fs-0": this host lacks a program at /nonexistent/virtiofsd that may be executed',
  ]);
});
