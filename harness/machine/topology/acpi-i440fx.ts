import { z } from 'zod';
import { defineTopology } from './topology.ts';

/** Device 0 of i440FX's root bus is the host bridge and 1 the PIIX3 south bridge; 2 is where a display usually sits. */
const FIRST_SLOT = 3;
const LAST_SLOT = 31;

export const acpiI440fx = defineTopology({
  name: 'acpi-i440fx',
  description: 'pc (i440FX) with the root bus under ACPI hot-plug',
  options: z.strictObject({}),
  machine: 'pc',
  controller: 'acpiphp',
  arguments: () => [],
  slots: () =>
    Array.from({ length: LAST_SLOT - FIRST_SLOT + 1 }, (_, index) => {
      const addr = (FIRST_SLOT + index).toString(16).padStart(2, '0');
      return { bus: 'pci.0', addr, place: `${addr}.0` };
    }),
});
