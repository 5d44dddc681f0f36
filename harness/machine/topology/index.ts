import { acpiI440fx } from './acpi-i440fx.ts';
import { acpiBridge, shpcBridge } from './bridges.ts';
import { kata, kataAcpi } from './kata.ts';
import { libvirt, libvirtAcpi } from './libvirt.ts';
import { acpiRootPort, pcieRootPort } from './root-ports.ts';
import type { Topology } from './topology.ts';

/** Every topology a scenario can name, in the order of `bench list`. */
export const topologies: ReadonlyMap<string, Topology> = new Map(
  [shpcBridge, pcieRootPort, acpiRootPort, acpiBridge, acpiI440fx, kata, kataAcpi, libvirt, libvirtAcpi].map(
    (topology) => [topology.name, topology],
  ),
);

/** A topology that scenario validation has let through. */
export function topologyOf(name: string): Topology {
  const topology = topologies.get(name);
  if (!topology) throw new Error(`an unchecked scenario names the topology ${name}`);
  return topology;
}
