import fc from 'fast-check';
import { topologies } from './index.ts';
import type { Topology } from './topology.ts';

const bridges = (min: number, max: number) => fc.record({ bridges: fc.integer({ min, max }) }, { requiredKeys: [] });
const size = fc.constantFrom('0', '4k', '1m', 4096);
const portSettings = {
  hotplug: fc.constantFrom('on', 'off'),
  'io-reserve': size,
  'mem-reserve': size,
  'pref64-reserve': size,
  'x-speed': fc.constantFrom(2.5, 5, 8, 16),
  'x-width': fc.constantFrom(1, 16, 32),
};
const ownPorts = fc.array(fc.record(portSettings, { requiredKeys: [] }), { maxLength: 29 });
const rootPorts = fc.oneof(
  fc.record({ ports: fc.oneof(fc.integer({ min: 0, max: 29 }), ownPorts), ...portSettings }, { requiredKeys: [] }),
  fc.record({ ports: fc.oneof(fc.integer({ min: 0, max: 232 }), ownPorts), multifunction: fc.constant(true) }),
);
const bridgesBelowPorts = bridges(1, 29);
const switches = fc.record(
  { switches: fc.integer({ min: 1, max: 7 }), downstream: fc.integer({ min: 1, max: 32 }) },
  { requiredKeys: [] },
);
const libvirt = fc.record({ free: fc.integer({ min: 1, max: 200 }) }, { requiredKeys: [] });

const OPTIONS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'shpc-bridge': bridges(1, 29),
  'acpi-bridge': bridges(1, 29),
  'acpi-i440fx': bridges(0, 28),
  'pcie-root-port': rootPorts,
  'acpi-root-port': rootPorts,
  'shpc-pcie-pci-bridge': bridgesBelowPorts,
  'acpi-pcie-pci-bridge': bridgesBelowPorts,
  'pcie-switch': switches,
  'acpi-switch': switches,
  'pxb-pcie': fc.record({ ports: fc.integer({ min: 1, max: 28 }) }, { requiredKeys: [] }),
  kata: bridges(1, 5),
  'kata-ovmf': bridges(1, 5),
  'kata-2021': fc.constant({}),
  'kata-2021-acpi': fc.constant({}),
  libvirt,
  'libvirt-acpi': libvirt,
  kubevirt: fc.record({ large: fc.boolean() }, { requiredKeys: [] }),
  nova: fc.record({ num_pcie_ports: fc.integer({ min: 0, max: 28 }) }, { requiredKeys: [] }),
};

export interface Layout {
  readonly topology: Topology;
  /** As the topology's schema leaves them. */
  readonly options: unknown;
}

/** Any topology with any options that it takes. A topology that is added and not named here makes its tests fail. */
export const anyLayout: fc.Arbitrary<Layout> = fc.constantFrom(...topologies.values()).chain((topology) => {
  const options = OPTIONS[topology.name];
  if (!options) throw new Error(`${topology.name} has no options here`);
  return options.map((given) => ({ topology, options: topology.options.parse(given) }));
});
