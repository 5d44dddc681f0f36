import { z } from 'zod';
import { nativeHotplug } from './machine-type.ts';
import { hexByte, placesBehindPorts, portSlot } from './pci-address.ts';
import { defineTopology } from './topology.ts';

/** PCI device number of the root port above the first switch; those above the others follow. */
const FIRST_ADDR = 2;
const MAX_SWITCHES = 7;
/** The bus inside a switch has 32 device numbers, one for each downstream port. */
const MAX_DOWNSTREAM = 32;

const options = z.strictObject({
  switches: z
    .int()
    .min(1)
    .max(MAX_SWITCHES)
    .default(1)
    .describe('number of switches, each below a root port of its own'),
  downstream: z
    .int()
    .min(1)
    .max(MAX_DOWNSTREAM)
    .default(2)
    .describe('downstream ports of each switch, each with one slot'),
});

type SwitchOptions = z.infer<typeof options>;

function switchNames(index: number) {
  return {
    port: `port${index}`,
    upstream: `switch${index}`,
    downstream: (number: number) => `switch${index}-port${number}`,
  };
}

/**
 * A switch is there from the start: QEMU takes a hot-plugged upstream port, and says of its bus that it does not support
 * hot-plugging. Chassis and slot numbers are unique among all ports.
 */
function switchArguments({ switches, downstream }: SwitchOptions): readonly string[] {
  return Array.from({ length: switches }, (_, index) => {
    const names = switchNames(index);
    const first = index * (downstream + 1) + 1;
    const port = `pcie-root-port,id=${names.port},bus=pcie.0,addr=${hexByte(FIRST_ADDR + index)},chassis=${first},slot=${first}`;
    const below = Array.from({ length: downstream }, (_port, number) => [
      '-device',
      `xio3130-downstream,id=${names.downstream(number)},bus=${names.upstream},addr=${hexByte(number)},` +
        `chassis=${first + 1 + number},slot=${first + 1 + number}`,
    ]);
    return ['-device', port, '-device', `x3130-upstream,id=${names.upstream},bus=${names.port}`, ...below.flat()];
  }).flat();
}

/** The slot of each root port, which its switch is in. */
const occupied = ({ switches }: SwitchOptions) => placesBehindPorts(switches, FIRST_ADDR);

function switchSlots({ switches, downstream }: SwitchOptions) {
  return Array.from({ length: switches }, (_, index) =>
    Array.from({ length: downstream }, (_port, number) =>
      portSlot(switchNames(index).downstream(number), `${hexByte(FIRST_ADDR + index)}.0/00.0/${hexByte(number)}.0`),
    ),
  ).flat();
}

export const pcieSwitch = defineTopology({
  name: 'pcie-switch',
  description: 'q35 with PCIe switches below root ports, their downstream ports under native PCIe hot-plug',
  options,
  machine: 'q35',
  controller: 'pciehp',
  slotBus: 'pcie',
  arguments: (given, qemu) => [...nativeHotplug(qemu), ...switchArguments(given)],
  slots: switchSlots,
  occupied,
});

export const acpiSwitch = defineTopology({
  name: 'acpi-switch',
  description: 'the same switches with their downstream ports under ACPI hot-plug',
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pcie',
  arguments: switchArguments,
  slots: switchSlots,
  occupied,
});
