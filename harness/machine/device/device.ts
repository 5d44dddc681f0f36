import type { z } from 'zod';
import type { QmpCommand } from '../qemu-syntax.ts';

/** One place where a device can be plugged. */
export interface Slot {
  /** QEMU's name for the bus: the `bus` argument of `device_add`. */
  readonly bus: string;
  /** PCI device number on that bus, hexadecimal without prefix: the `addr` argument of `device_add`. */
  readonly addr: string;
  /** Where the guest sees it: `device.function` from the root bus down, without bus numbers, as in `02.0/03.0`. */
  readonly place: string;
  /** QEMU refuses to plug anything here, and the guest has no slot: of a port with hotplug=off. */
  readonly isClosed?: true;
}

/** Where a device is added: a slot; or a bus alone, and QEMU looks for a free address on it itself. */
export interface PlugPlace {
  readonly bus: string;
  readonly addr?: string | undefined;
}

/**
 * A process beside QEMU that the backend of a device, or of a part of the machine, lives in, such as virtiofsd. It is started
 * before the plug, or before QEMU, and ended with the machine if it has not ended with its device.
 */
export interface BackendProcess {
  readonly command: string;
  readonly args: readonly string[];
  /** A socket it has to have made before anything connects to it; absolute. */
  readonly socket: string;
}

/**
 * What "usable" means in the guest, a row of the agent's table in harness/guest/agent/watch.c: a disk that has been read,
 * a network interface that is up with carrier, a mounted filesystem, a driver bound to the virtio device or to the PCI
 * function itself.
 */
export type UsableClass = 'block' | 'net' | 'filesystem' | 'virtio-driver' | 'pci-driver';

/** What the agent is told to watch for, besides the device's id and place: the class, and what that class needs. */
interface Watch {
  readonly class: UsableClass;
  readonly [field: string]: string;
}

export type OwnBus = 'any' | 'scsi';

/** What a file in this folder says about a device. `Options` is what its own schema gives. */
interface DeviceDefinition<Options> {
  readonly name: string;
  /** One line for `bench list`. */
  readonly description: string;
  /** What a scenario may set, with defaults. Unknown keys are errors. */
  readonly options: z.ZodType<Options>;
  /** Kernel modules the guest needs where they are not built in. */
  readonly guestModules: (options: Options) => readonly string[];
  /** Whether QEMU has to share the guest's memory with a process of the backend. */
  readonly sharesMemory: boolean;
  /** What this host would have to have for the device and has not, for a message "it needs …"; undefined if nothing. */
  readonly lacking: (options: Options) => string | undefined;
  /**
   * What of its work is done when the host comes to it, which the guest's clock does not wait for; as the end of a sentence,
   * "whose …". Undefined where a request of the guest's is done with the instruction that makes it.
   */
  readonly inHostTime: (options: Options) => string | undefined;
  /**
   * Present for one that can be on a bus which the topology knows nothing of: on one of PCI, or only as a LUN of a SCSI
   * controller that is already there.
   */
  readonly ownBus?: OwnBus;
  readonly watch: (id: string, options: Options) => Watch;
  /** Processes of the backend. `directory` is the device's own, private and empty. */
  readonly processes: (id: string, options: Options, directory: string) => readonly BackendProcess[];
  /** Commands before `device_add`, in order. `id` is the device's id in QEMU. */
  readonly prepare: (id: string, options: Options, directory: string) => readonly QmpCommand[];
  /** `device_add` commands in order; the first is the PCI function with the id, and with it the measurement begins. */
  readonly add: (id: string, place: PlugPlace, options: Options) => readonly QmpCommand[];
  /** Commands after DEVICE_DELETED, in order. */
  readonly release: (id: string, options: Options) => readonly QmpCommand[];
}

/**
 * A device that can be hot-plugged. Adding one is a file in this folder and a line in `index.ts`. Set-up and clean-up of
 * the backend are outside the measured operation. The functions take options that the device's schema has accepted.
 */
export type Device = DeviceDefinition<unknown>;

/** Ties a device's functions to its own schema, so that each file is typed and the list of all is uniform. */
export function defineDevice<Options>(definition: DeviceDefinition<Options>): Device {
  const { options: schema } = definition;
  return {
    ...definition,
    guestModules: (options) => definition.guestModules(schema.parse(options)),
    lacking: (options) => definition.lacking(schema.parse(options)),
    inHostTime: (options) => definition.inHostTime(schema.parse(options)),
    watch: (id, options) => definition.watch(id, schema.parse(options)),
    processes: (id, options, directory) => definition.processes(id, schema.parse(options), directory),
    prepare: (id, options, directory) => definition.prepare(id, schema.parse(options), directory),
    add: (id, slot, options) => definition.add(id, slot, schema.parse(options)),
    release: (id, options) => definition.release(id, schema.parse(options)),
  };
}
