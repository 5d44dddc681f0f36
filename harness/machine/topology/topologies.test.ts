import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MajorMinor } from '../qemu-release.ts';
import { topologies } from './index.ts';

const all = [...topologies.values()];
const ports = fc.integer({ min: 0, max: 29 });

describe.each(all.map((topology) => [topology.name, topology] as const))('%s', (_name, topology) => {
  test('its defaults are valid and give at least one slot', () => {
    expect(topology.slots(topology.options.parse({})).length).toBeGreaterThan(0);
  });

  test('refuses options it does not have', () => {
    expect(topology.options.safeParse({ colour: 'red' }).success).toBe(false);
  });

  test('no two slots share a place, nor a bus and address', () => {
    fc.assert(
      fc.property(ports, (count) => {
        const withPorts = topology.options.safeParse({ ports: count });
        const slots = topology.slots(withPorts.success ? withPorts.data : {});
        expect(new Set(slots.map(({ place }) => place)).size).toBe(slots.length);
        expect(new Set(slots.map(({ bus, addr }) => `${bus} ${addr}`)).size).toBe(slots.length);
      }),
    );
  });
});

test('a bridge offers 31 slots, a root port one each', () => {
  expect(topologies.get('shpc-bridge')?.slots({})).toHaveLength(31);
  expect(topologies.get('pcie-root-port')?.slots({ ports: 4 })).toHaveLength(4);
});

test.each(['pcie-root-port', 'acpi-root-port'])(
  '%s without ports is the bare machine: no slots, no devices',
  (name) => {
    const topology = topologies.get(name);
    expect(topology?.slots({ ports: 0 })).toEqual([]);
    expect(topology?.arguments({ ports: 0 })).not.toContain('-device');
  },
);

test('root ports have chassis and slot numbers of their own', () => {
  const args = topologies
    .get('pcie-root-port')
    ?.arguments({ ports: 29 })
    .filter((arg) => arg.startsWith('pcie-root-port'));
  expect(new Set(args?.map((arg) => /chassis=(\d+)/.exec(arg)?.[1])).size).toBe(29);
  expect(new Set(args?.map((arg) => /addr=(\w+)/.exec(arg)?.[1])).size).toBe(29);
});

test('native hot-plug is asked for where there is something else, and is simply what there is before QEMU 6.1', () => {
  const property = 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off';
  for (const name of ['shpc-bridge', 'pcie-root-port', 'kata-2021', 'libvirt']) {
    const given = (qemu?: MajorMinor) => topologies.get(name)?.arguments({}, qemu);
    expect(given()).toContain(property);
    expect(given([6, 1])).toContain(property);
    expect(given([6, 0])).not.toContain(property);
    expect(given([5, 2])).not.toContain(property);
  }
});
