import { z } from 'zod';
import { bridgeBus } from './bridges.ts';
import { nativeHotplug } from './machine-type.ts';
import { hexByte, placesBehindPorts, slotsOfBridges } from './pci-address.ts';
import { propertyText, reservesOf } from './port-settings.ts';
import { defineTopology } from './topology.ts';

const FIRST_ADDR = 2;
const MAX_BRIDGES = 29;

const options = z.strictObject({
  bridges: z
    .int()
    .min(1)
    .max(MAX_BRIDGES)
    .default(1)
    .describe('number of bridges, each with 31 slots below a root port'),
  ...reservesOf({}),
});

type PciePciBridgeOptions = z.infer<typeof options>;

/** The reserves are those of the root port: a pcie-pci-bridge has none of its own. */
function bridgeArguments({ bridges, ...settings }: PciePciBridgeOptions): readonly string[] {
  return Array.from({ length: bridges }, (_, index) => [
    '-device',
    `pcie-root-port,id=port${index},bus=pcie.0,addr=${hexByte(FIRST_ADDR + index)},chassis=${index + 1},slot=${index + 1}` +
      propertyText(settings),
    ...['-device', `pcie-pci-bridge,id=${bridgeBus(index)},bus=port${index}`],
  ]).flat();
}

const row = { firstAddr: FIRST_ADDR, busOf: bridgeBus, below: '/00.0' } as const;

/** The slot of each root port, which its bridge is in. */
const occupied = ({ bridges }: PciePciBridgeOptions) => placesBehindPorts(bridges, FIRST_ADDR);

export const shpcPciePciBridge = defineTopology({
  name: 'shpc-pcie-pci-bridge',
  description: 'q35 with pcie-pci-bridges below root ports, under the standard hot-plug controller (SHPC)',
  options,
  machine: 'q35',
  controller: 'shpchp',
  slotBus: 'pci',
  arguments: (given, qemu) => [...nativeHotplug(qemu), ...bridgeArguments(given)],
  slots: ({ bridges }) => slotsOfBridges({ bridges, ...row, controller: 'shpchp' }),
  occupied,
});

export const acpiPciePciBridge = defineTopology({
  name: 'acpi-pcie-pci-bridge',
  description: 'the same bridges under ACPI hot-plug',
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pci',
  arguments: bridgeArguments,
  slots: ({ bridges }) => slotsOfBridges({ bridges, ...row, controller: 'acpiphp' }),
  occupied,
});
