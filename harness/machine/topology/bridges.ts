import { z } from 'zod';
import { nativeHotplug } from './machine-type.ts';
import { bridgeSlots } from './pci-address.ts';
import { defineTopology } from './topology.ts';

/** Where the bridge under test sits on the root bus: PCI device 2, free on q35 and pc when QEMU starts with no defaults. */
const BRIDGE_ADDR = '02';
const BRIDGE_ID = 'bridge0';

/**
 * A pci-bridge with its windows reserved: without a hot-plug capability on it, SeaBIOS gives an empty bridge no window
 * at all, and a device plugged later gets no memory (seen with QEMU 7.2 and shpc=off: enumerated, never bound).
 */
function bridgeArguments(shpc: 'on' | 'off'): readonly string[] {
  return [
    '-device',
    `pci-bridge,id=${BRIDGE_ID},bus=pcie.0,addr=${BRIDGE_ADDR},chassis_nr=1,shpc=${shpc},` +
      'io-reserve=4k,mem-reserve=1m,pref64-reserve=1m',
  ];
}

export const shpcBridge = defineTopology({
  name: 'shpc-bridge',
  description: 'q35 with a pci-bridge under the standard hot-plug controller (SHPC)',
  options: z.strictObject({}),
  machine: 'q35',
  controller: 'shpchp',
  arguments: (_, qemu) => [...nativeHotplug(qemu), ...bridgeArguments('on')],
  slots: () => bridgeSlots(BRIDGE_ID, `${BRIDGE_ADDR}.0`),
});

export const acpiBridge = defineTopology({
  name: 'acpi-bridge',
  description: 'q35 with a pci-bridge under ACPI hot-plug',
  options: z.strictObject({}),
  machine: 'q35',
  controller: 'acpiphp',
  arguments: () => bridgeArguments('off'),
  slots: () => bridgeSlots(BRIDGE_ID, `${BRIDGE_ADDR}.0`),
});
