import { z } from 'zod';
import { bridgeArguments, bridgeSlots } from './bridge.ts';
import { nativeHotplug } from './native-hotplug.ts';
import { defineTopology } from './topology.ts';

export const shpcBridge = defineTopology({
  name: 'shpc-bridge',
  description: 'q35 with a pci-bridge under the standard hot-plug controller (SHPC)',
  options: z.strictObject({}),
  machine: 'q35',
  controller: 'shpchp',
  arguments: (_, qemu) => [...nativeHotplug(qemu), ...bridgeArguments('on')],
  slots: bridgeSlots,
});
