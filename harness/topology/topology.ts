import type { z } from 'zod';

/** The Linux driver that registers a hot-plug slot, as `/sys/bus/pci/slots/<name>/module` names it. */
export type Controller = 'shpchp' | 'pciehp' | 'acpiphp';

/** One place where a device can be plugged. */
export interface Slot {
  /** QEMU's name for the bus: the `bus` argument of `device_add`. */
  readonly bus: string;
  /** PCI device number on that bus, hexadecimal without prefix: the `addr` argument of `device_add`. */
  readonly addr: string;
  /** Where the guest sees it: `device.function` from the root bus down, without bus numbers, as in `02.0/03.0`. */
  readonly place: string;
}

/** What a file in this folder says about its layout. `Options` is what its own schema gives. */
interface TopologyDefinition<Options> {
  readonly name: string;
  /** One line for `bench list`. */
  readonly description: string;
  /** What a scenario may set, with defaults. Unknown keys are errors. */
  readonly options: z.ZodType<Options>;
  /** QEMU's `-machine` type. */
  readonly machine: 'q35' | 'pc';
  /** The guest driver that has to own every slot; any other makes the sample `wrong-controller`. */
  readonly controller: Controller;
  /** QEMU arguments that build the layout. */
  readonly arguments: (options: Options) => readonly string[];
  /** The slots a scenario can plug into, in the order in which they are used. */
  readonly slots: (options: Options) => readonly Slot[];
}

/**
 * A machine layout under comparison. Adding one is a file in this folder and a line in `index.ts`; nothing else in the
 * harness knows a topology by name. `arguments` and `slots` take options that the topology's schema has accepted.
 */
export type Topology = TopologyDefinition<unknown>;

/** Ties a layout's functions to its own schema, so that each file is typed and the list of all is uniform. */
export function defineTopology<Options>(definition: TopologyDefinition<Options>): Topology {
  return {
    ...definition,
    arguments: (options) => definition.arguments(definition.options.parse(options)),
    slots: (options) => definition.slots(definition.options.parse(options)),
  };
}
