import { z } from 'zod';
import { nativeHotplug } from './machine-type.ts';
import { hexByte, slotsOfBridges } from './pci-address.ts';
import { propertyText, type Reserves, reservesOf } from './port-settings.ts';
import { defineTopology } from './topology.ts';

/** Device numbers of the root bus: q35 has 2 to 30 free when QEMU starts with no defaults. */
const FIRST_ADDR = 2;
const MAX_BRIDGES = 29;

/**
 * The windows of a bridge are reserved: without a hot-plug capability on it, SeaBIOS gives an empty bridge no window at
 * all, and a device plugged later gets no memory (seen with QEMU 7.2 and shpc=off: enumerated, never bound).
 */
const RESERVES: Required<Reserves> = { 'io-reserve': '4k', 'mem-reserve': '1m', 'pref64-reserve': '1m' };

const bridgeOptions = z.strictObject({
  bridges: z
    .int()
    .min(1)
    .max(MAX_BRIDGES)
    .describe('number of bridges, each with 31 slots under SHPC and 32 under ACPI')
    .meta({ default: 1 })
    .exactOptional(),
  ...reservesOf(RESERVES),
});

type BridgeOptions = z.infer<typeof bridgeOptions>;

/**
 * pci-bridges bridge0, bridge1 … on the root bus.
 *
 * @param firstAddr PCI device number of the first; the others follow
 */
export function bridgeArguments(
  { bridges = 1, ...own }: BridgeOptions,
  { bus, firstAddr, shpc }: { readonly bus: string; readonly firstAddr: number; readonly shpc: 'on' | 'off' },
): readonly string[] {
  return Array.from({ length: bridges }, (_, index) => [
    '-device',
    `pci-bridge,id=${bridgeBus(index)},bus=${bus},addr=${hexByte(firstAddr + index)},chassis_nr=${index + 1},shpc=${shpc}` +
      propertyText({ ...RESERVES, ...own }),
  ]).flat();
}

/** QEMU's name of the bus behind the bridge of this number. */
export function bridgeBus(index: number): string {
  return `bridge${index}`;
}

const place = { bus: 'pcie.0', firstAddr: FIRST_ADDR } as const;
const row = { firstAddr: FIRST_ADDR, busOf: bridgeBus } as const;

export const shpcBridge = defineTopology({
  name: 'shpc-bridge',
  description: 'q35 with pci-bridges under the standard hot-plug controller (SHPC)',
  options: bridgeOptions,
  machine: 'q35',
  controller: 'shpchp',
  slotBus: 'pci',
  arguments: (options, qemu) => [...nativeHotplug(qemu), ...bridgeArguments(options, { ...place, shpc: 'on' })],
  slots: ({ bridges = 1 }) => slotsOfBridges({ bridges, ...row, controller: 'shpchp' }),
});

export const acpiBridge = defineTopology({
  name: 'acpi-bridge',
  description: 'q35 with pci-bridges under ACPI hot-plug',
  options: bridgeOptions,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pci',
  arguments: (options) => bridgeArguments(options, { ...place, shpc: 'off' }),
  slots: ({ bridges = 1 }) => slotsOfBridges({ bridges, ...row, controller: 'acpiphp' }),
});
