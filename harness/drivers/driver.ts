import type { Controller, OperationName } from '../vocabulary.ts';
import type { LogSwitch } from './log-switch.ts';
import type { Naming } from './naming.ts';
import type { Edge, PhaseTable } from './phase-table.ts';
import type { Queue } from './queue.ts';
import type { Recognition } from './slot-signs.ts';

/** The operations that a driver takes part in. */
type HotplugOperation = Exclude<OperationName, 'boot'>;

/** Everything the tool knows about a Linux driver that registers hot-plug slots. */
export interface Driver {
  readonly name: Controller;
  /** Who tells the guest of a device: the slot's own controller, or QEMU's ACPI tables. */
  readonly hotplug: 'native' | 'acpi';
  readonly recognition: Recognition;
  /** What makes it say what it does. A kernel without such a switch rejects it, and phases end up as `unattributed`. */
  readonly logSwitches: readonly LogSwitch[];
  /** How its lines say which slot they are about, besides the slot's name. */
  readonly namings: readonly Naming[];
  /** What stands in front of every line of it: the name is the address of the bridge or port, not that of a device. */
  readonly prefix?: Naming;
  /** Lines that name no slot, and are about the one that the last `begins` of the same bridge or port named. */
  readonly unnamed?: { readonly begins: RegExp; readonly lines: RegExp };
  readonly phases: Readonly<Record<HotplugOperation, PhaseTable>>;
  readonly waits: readonly FixedWait[];
  /** Latencies under TCG without the fixed waits, in milliseconds (plan/estimate.ts). */
  readonly workMs: Readonly<Record<HotplugOperation, number>>;
  /** Where operations of a burst stand in line for each other. */
  readonly queues: readonly Queue[];
  /**
   * The last thing that the guest says of an unplug, after the device has left its bus. QEMU takes the device apart in the very
   * instruction with which the guest lets it go, and the guest's next line comes some microseconds later. What follows until
   * DEVICE_DELETED, the RCU grace period and the freeing, is work of the host and has no virtual time.
   */
  readonly letsGo: Edge;
  /** Present where a guest's empty slots are busy with themselves after a boot under a QEMU older than this. */
  readonly emptySlotsRest?: { readonly beforeQemu: readonly [major: number, minor: number]; readonly restMs: number };
}

/** A sleep of the driver; docs/waits.md says who asks for it. */
export interface FixedWait {
  /** The module parameter that the harness's patches add for it, in milliseconds, if they do. Other kernels ignore it. */
  readonly parameter?: string;
  /** How long it is in an unpatched kernel. */
  readonly usualMs: number;
  /** In which operations a guest under QEMU waits for it. */
  readonly in: readonly HotplugOperation[];
  /** Whether devices that are plugged together wait one after another, each for all of it. */
  readonly isOneByOne?: boolean;
}
