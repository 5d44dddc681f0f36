import { z } from 'zod';
import type { Slot } from '../device/device.ts';
import { nativeHotplug } from './machine-type.ts';
import { FUNCTIONS, hexByte, portSlot } from './pci-address.ts';
import { type PortSettings, portSettings, propertyText, settingsOfEachPort } from './port-settings.ts';
import { defineTopology } from './topology.ts';

/** PCI device number of the first root port; the others follow. */
const FIRST_ADDR = 2;
/** Device numbers 2 to 30 of the root bus: 0 is the host bridge, 31 (0x1f) the ICH9 south bridge, 1 is left to a display. */
const ADDRS = 29;
const MAX_PORTS = ADDRS * FUNCTIONS;

const manyPorts = `at the most ${ADDRS}; up to ${MAX_PORTS} with "multifunction: true" beside it`;

const rootPortOptions = z
  .strictObject({
    ports: z
      .union([z.int().min(0).max(MAX_PORTS), z.array(settingsOfEachPort).max(MAX_PORTS)])
      .default(1)
      .describe('number of PCIe root ports, each with one slot; or a list with what each has of its own')
      .meta({ title: `a whole number from 0 to ${ADDRS}, to ${MAX_PORTS} with multifunction, or a list of maps` }),
    multifunction: z
      .boolean()
      .describe('eight ports share a device number, each a function of it')
      .meta({ default: false })
      .exactOptional(),
    ...portSettings,
  })
  .refine(({ ports, multifunction = false }) => multifunction || portCount(ports) <= ADDRS, {
    path: ['ports'],
    message: manyPorts,
  });

type RootPortOptions = z.infer<typeof rootPortOptions>;

function portCount(ports: number | readonly unknown[]): number {
  return typeof ports === 'number' ? ports : ports.length;
}

interface Port {
  readonly id: string;
  /** `device.function` on the root bus. */
  readonly place: string;
  readonly addr: string;
  readonly settings: PortSettings;
}

/** Chassis and slot numbers have to be unique per port, or QEMU refuses to start. */
function portsOf({ ports, multifunction = false, ...common }: RootPortOptions): readonly Port[] {
  return Array.from({ length: portCount(ports) }, (_, index) => {
    const own = typeof ports === 'number' ? {} : (ports[index] ?? {});
    const settings = { ...common, ...own };
    const id = `port${index}`;
    if (!multifunction) {
      const addr = hexByte(FIRST_ADDR + index);
      return { id, place: `${addr}.0`, addr, settings };
    }
    const place = `${hexByte(FIRST_ADDR + Math.floor(index / FUNCTIONS))}.${index % FUNCTIONS}`;
    return { id, place, addr: index % FUNCTIONS === 0 ? `${place},multifunction=on` : place, settings };
  });
}

function rootPortArguments(options: RootPortOptions): readonly string[] {
  return portsOf(options).flatMap(({ id, addr, settings }, index) => [
    '-device',
    `pcie-root-port,id=${id},bus=pcie.0,addr=${addr},chassis=${index + 1},slot=${index + 1}${propertyText(settings)}`,
  ]);
}

/** Those that nothing can be plugged into are the last, and are used when a step names them. */
function rootPortSlots(options: RootPortOptions): readonly Slot[] {
  const slots = portsOf(options).map(({ id, place, settings }): Slot => {
    const slot = portSlot(id, place);
    return settings.hotplug === 'off' ? { ...slot, isClosed: true } : slot;
  });
  return [...slots.filter(({ isClosed }) => !isClosed), ...slots.filter(({ isClosed }) => isClosed)];
}

export const pcieRootPort = defineTopology({
  name: 'pcie-root-port',
  description: 'q35 with PCIe root ports under native PCIe hot-plug',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'pciehp',
  slotBus: 'pcie',
  arguments: (options, qemu) => [...nativeHotplug(qemu), ...rootPortArguments(options)],
  slots: rootPortSlots,
});

export const acpiRootPort = defineTopology({
  name: 'acpi-root-port',
  description: 'q35 with PCIe root ports under ACPI hot-plug, the q35 default since QEMU 6.1',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pcie',
  arguments: rootPortArguments,
  slots: rootPortSlots,
});
