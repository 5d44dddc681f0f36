import { z } from 'zod';
import { bridgeArguments, bridgeBus } from './bridges.ts';
import { hexByte, slotsOfBridges } from './pci-address.ts';
import { defineTopology } from './topology.ts';

/** Device 0 of i440FX's root bus is the host bridge and 1 the PIIX3 south bridge; 2, where a display usually sits, comes last. */
const FIRST_SLOT = 3;
const SLOT_OF_DISPLAY = 2;
const LAST_SLOT = 31;
/** One device number is left, so that the machine has a slot on its root bus, which it is named after. */
const MAX_BRIDGES = LAST_SLOT - FIRST_SLOT;

export const acpiI440fx = defineTopology({
  name: 'acpi-i440fx',
  description: 'pc (i440FX) with the root bus under ACPI hot-plug, and pci-bridges on it where wanted',
  options: z.strictObject({
    bridges: z
      .int()
      .min(0)
      .max(MAX_BRIDGES)
      .describe('number of bridges on the root bus, each with 32 slots, which are used after its own')
      .meta({ default: 0 })
      .exactOptional(),
  }),
  machine: 'pc',
  controller: 'acpiphp',
  slotBus: 'pci',
  arguments: ({ bridges = 0 }) => bridgeArguments({ bridges }, { bus: 'pci.0', firstAddr: FIRST_SLOT, shpc: 'off' }),
  slots: ({ bridges = 0 }) => {
    const firstFree = FIRST_SLOT + bridges;
    const free = Array.from({ length: LAST_SLOT - firstFree + 1 }, (_, index) => firstFree + index);
    const onRootBus = [...free, SLOT_OF_DISPLAY].map((number) => {
      const addr = hexByte(number);
      return { bus: 'pci.0', addr, place: `${addr}.0` };
    });
    return [
      ...onRootBus,
      ...slotsOfBridges({ bridges, firstAddr: FIRST_SLOT, busOf: bridgeBus, controller: 'acpiphp' }),
    ];
  },
});
