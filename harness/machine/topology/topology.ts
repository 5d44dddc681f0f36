import type { z } from 'zod';
import type { Controller } from '../../vocabulary.ts';
import type { BackendProcess, Slot } from '../device/device.ts';
import type { MajorMinor } from '../qemu-release.ts';

/** A part of the machine that is there from the start: what it is, and what the host has to have for it. */
export interface MachinePart {
  /** For people, as in "vhost-vsock-pci (vsock)". */
  readonly name: string;
  /** QEMU arguments, for a QEMU of this version. `directory` is private to the boot, for sockets. */
  readonly arguments: (directory: string, qemu?: MajorMinor) => readonly string[];
  /** What this host lacks for it, in words: the machine is then without the part. */
  readonly lacking: () => string | undefined;
  /** Kernel modules the guest needs for it where they are not built in. */
  readonly guestModules: readonly string[];
  /** Whether QEMU has to share the guest's memory with a process of the part. */
  readonly sharesMemory: boolean;
  /** Processes it lives in, which run from before QEMU until the boot's end. */
  readonly processes: (directory: string) => readonly BackendProcess[];
}

/** What a file in this folder says about a layout. `Options` is what its own schema gives. */
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
  /** What its slots are on: a PCI Express port, or a conventional bus. */
  readonly slotBus: 'pci' | 'pcie';
  /** Devices the machine has from the start besides its slots, each of which the host may be unable to give. */
  readonly parts?: (options: Options) => readonly MachinePart[];
  /** Arguments that build the layout, for a QEMU of this version; a recent one where it is not known. */
  readonly arguments: (options: Options, qemu?: MajorMinor) => readonly string[];
  /** The slots a scenario can plug into, in the order in which they are used. */
  readonly slots: (options: Options) => readonly Slot[];
  /** Places of slots in which a part of the machine sits: the guest lists them, and nothing can be plugged there. */
  readonly occupied?: (options: Options) => readonly string[];
}

/**
 * A machine layout under comparison. Adding one is a file in this folder and a line in `index.ts`; nothing else in the
 * harness knows a topology by name. `arguments` and `slots` take options that the topology's schema has accepted.
 */
export type Topology = TopologyDefinition<unknown>;

/** Ties a layout's functions to its own schema, so that each file is typed and the list of all is uniform. */
export function defineTopology<Options>(definition: TopologyDefinition<Options>): Topology {
  const { parts, occupied, ...others } = definition;
  return {
    ...others,
    ...(occupied && { occupied: (options) => occupied(definition.options.parse(options)) }),
    ...(parts && { parts: (options) => parts(definition.options.parse(options)) }),
    arguments: (options, qemu) => definition.arguments(definition.options.parse(options), qemu),
    slots: (options) => definition.slots(definition.options.parse(options)),
  };
}
