import type { z } from 'zod';
import type { Slot } from '../topology/topology.ts';

/** A QMP command to be sent: `execute` and `arguments`. */
export interface QmpCommand {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What "usable" means in the guest: a row of the agent's table in harness/guest/agent/watch.c. */
export type UsableClass = 'block';

/** What a file in this folder says about its device. `Options` is what its own schema gives. */
interface DeviceDefinition<Options> {
  readonly name: string;
  /** One line for `bench list`. */
  readonly description: string;
  /** What a scenario may set, with defaults. Unknown keys are errors. */
  readonly options: z.ZodType<Options>;
  /** Kernel modules the guest needs where they are not built in. */
  readonly guestModules: readonly string[];
  readonly usable: UsableClass;
  /** Commands before `device_add`, in order. `id` is the device's id in QEMU. */
  readonly prepare: (id: string, options: Options) => readonly QmpCommand[];
  /** The measured `device_add`. */
  readonly add: (id: string, slot: Slot, options: Options) => QmpCommand;
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
    prepare: (id, options) => definition.prepare(id, schema.parse(options)),
    add: (id, slot, options) => definition.add(id, slot, schema.parse(options)),
    release: (id, options) => definition.release(id, schema.parse(options)),
  };
}
