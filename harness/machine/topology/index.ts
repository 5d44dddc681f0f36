import { acpiI440fx } from './acpi-i440fx.ts';
import { acpiBridge, shpcBridge } from './bridges.ts';
import { kata, kataOvmf } from './kata.ts';
import { kata2021, kata2021Acpi } from './kata-2021.ts';
import { kubevirt } from './kubevirt.ts';
import { libvirt, libvirtAcpi } from './libvirt.ts';
import { nova } from './nova.ts';
import { acpiPciePciBridge, shpcPciePciBridge } from './pcie-pci-bridges.ts';
import { pxbPcie } from './pxb-pcie.ts';
import { acpiRootPort, pcieRootPort } from './root-ports.ts';
import { acpiSwitch, pcieSwitch } from './switches.ts';
import type { Topology } from './topology.ts';

/** Every topology a scenario can name, in the order of `bench list`. */
export const topologies: ReadonlyMap<string, Topology> = new Map(
  [
    ...[shpcBridge, pcieRootPort, acpiRootPort, acpiBridge, acpiI440fx],
    ...[shpcPciePciBridge, acpiPciePciBridge, pcieSwitch, acpiSwitch, pxbPcie],
    ...[kata, kataOvmf, kata2021, kata2021Acpi, libvirt, libvirtAcpi, kubevirt, nova],
  ].map((topology) => [topology.name, topology]),
);

/** A topology that scenario validation has let through. */
export function topologyOf(name: string): Topology {
  const topology = topologies.get(name);
  if (!topology) throw new Error(`an unchecked scenario names the topology ${name}`);
  return topology;
}
