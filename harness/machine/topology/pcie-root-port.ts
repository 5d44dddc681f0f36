import { nativeHotplug } from './native-hotplug.ts';
import { rootPortArguments, rootPortOptions, rootPortSlots } from './root-ports.ts';
import { defineTopology } from './topology.ts';

export const pcieRootPort = defineTopology({
  name: 'pcie-root-port',
  description: 'q35 with PCIe root ports under native PCIe hot-plug',
  options: rootPortOptions,
  machine: 'q35',
  controller: 'pciehp',
  arguments: (options, qemu) => [...nativeHotplug(qemu), ...rootPortArguments(options)],
  slots: rootPortSlots,
});
