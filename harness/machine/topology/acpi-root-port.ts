import { rootPortArguments, rootPortOptions, rootPortSlots } from './root-ports.ts';
import { defineTopology } from './topology.ts';

export const acpiRootPort = defineTopology({
  name: 'acpi-root-port',
  description: 'q35 with PCIe root ports under ACPI hot-plug, the q35 default since QEMU 6.1',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'acpiphp',
  arguments: rootPortArguments,
  slots: rootPortSlots,
});
