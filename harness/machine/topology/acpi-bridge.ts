import { z } from 'zod';
import { bridgeArguments, bridgeSlots } from './bridge.ts';
import { defineTopology } from './topology.ts';

export const acpiBridge = defineTopology({
  name: 'acpi-bridge',
  description: 'q35 with a pci-bridge under ACPI hot-plug',
  options: z.strictObject({}),
  machine: 'q35',
  controller: 'acpiphp',
  arguments: () => bridgeArguments('off'),
  slots: bridgeSlots,
});
