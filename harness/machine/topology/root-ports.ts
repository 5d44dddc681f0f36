import { z } from 'zod';
import type { Slot } from '../device/device.ts';
import { nativeHotplug } from './machine-type.ts';
import { defineTopology } from './topology.ts';

/** PCI device number of the first root port; the others follow. */
const FIRST_ADDR = 2;
/** Device numbers 2 to 30 of the root bus: 0 is the host bridge, 31 (0x1f) the ICH9 south bridge, 1 is left to a display. */
const MAX_PORTS = 29;

const rootPortOptions = z.strictObject({
  ports: z.int().min(0).max(MAX_PORTS).default(1).describe('number of PCIe root ports, each with one slot'),
});

type RootPortOptions = z.infer<typeof rootPortOptions>;

function portAddr(index: number): string {
  return (FIRST_ADDR + index).toString(16).padStart(2, '0');
}

/** Chassis and slot numbers have to be unique per port, or QEMU refuses to start. */
function rootPortArguments({ ports }: RootPortOptions): readonly string[] {
  return Array.from({ length: ports }, (_, index) => [
    '-device',
    `pcie-root-port,id=port${index},bus=pcie.0,addr=${portAddr(index)},chassis=${index + 1},slot=${index + 1}`,
  ]).flat();
}

function rootPortSlots({ ports }: RootPortOptions): readonly Slot[] {
  return Array.from({ length: ports }, (_, index) => ({
    bus: `port${index}`,
    addr: '00',
    place: `${portAddr(index)}.0/00.0`,
  }));
}

export const pcieRootPort = defineTopology({
  name: 'pcie-root-port',
  description: 'q35 with PCIe root ports under native PCIe hot-plug',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'pciehp',
  arguments: (options, qemu) => [...nativeHotplug(qemu), ...rootPortArguments(options)],
  slots: rootPortSlots,
});

export const acpiRootPort = defineTopology({
  name: 'acpi-root-port',
  description: 'q35 with PCIe root ports under ACPI hot-plug, the q35 default since QEMU 6.1',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'acpiphp',
  arguments: rootPortArguments,
  slots: rootPortSlots,
});
