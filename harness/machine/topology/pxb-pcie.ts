import { z } from 'zod';
import { nativeHotplug } from './machine-type.ts';
import { hexByte, portSlot } from './pci-address.ts';
import { defineTopology } from './topology.ts';

/** Device number of the expander on the root bus. */
const EXPANDER_ADDR = 2;
/** Number of the expander's own root bus, far above those that the firmware gives to what is below the other one. */
const EXPANDER_BUS = 0x80;
/**
 * Device number of the first port on the expander's bus. A place has no bus numbers in it, so what is on the two root buses
 * is told apart by device numbers: those of q35's own end with the expander.
 */
const FIRST_ADDR = 3;
const MAX_PORTS = 28;

const options = z.strictObject({
  ports: z.int().min(1).max(MAX_PORTS).default(1).describe('root ports on the expander, each with one slot'),
});

export const pxbPcie = defineTopology({
  name: 'pxb-pcie',
  description:
    'q35 with a second root bus (pxb-pcie), as for a NUMA node, and root ports on it under native PCIe hot-plug',
  options,
  machine: 'q35',
  controller: 'pciehp',
  slotBus: 'pcie',
  arguments: ({ ports }, qemu) => [
    ...nativeHotplug(qemu),
    ...['-device', `pxb-pcie,id=expander0,bus=pcie.0,addr=${hexByte(EXPANDER_ADDR)},bus_nr=${EXPANDER_BUS}`],
    ...Array.from({ length: ports }, (_, index) => [
      '-device',
      `pcie-root-port,id=port${index},bus=expander0,addr=${hexByte(FIRST_ADDR + index)},chassis=${index + 1},slot=${index + 1}`,
    ]).flat(),
  ],
  slots: ({ ports }) =>
    Array.from({ length: ports }, (_, index) => portSlot(`port${index}`, `${hexByte(FIRST_ADDR + index)}.0`)),
});
