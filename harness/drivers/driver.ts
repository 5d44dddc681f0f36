import type { Controller, OperationName } from '../vocabulary.ts';
import type { LogSwitch } from './kernel-messages.ts';
import type { Edge, PhaseTable } from './phase-table.ts';
import type { Queue } from './queue.ts';

/** The operations that a driver takes part in. */
type HotplugOperation = Extract<OperationName, 'plug' | 'unplug'>;

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
  /** Latencies under TCG without the fixed waits, in milliseconds (plan/shard.ts). */
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

/** What the guest's kernel calls a device and its parts. */
export interface DeviceNames {
  /** `0000:01:03.0` */
  readonly address: string;
  /** Address of the bridge or port that it sits behind; absent on the root bus. */
  readonly port?: string;
  /** The parts of the device that the kernel found: `virtio1`, `vdb`. */
  readonly parts: ReadonlySet<string>;
}

/** What is known of the device and the slot of an operation, to tell whether a line of the kernel log is about them. */
export interface KnownDevice {
  /** PCI place, as in `02.0/03.0`. */
  readonly place: string;
  readonly slotName: string | undefined;
  /** Undefined where the guest has said nothing of the device. */
  readonly names: DeviceNames | undefined;
}

/** A way in which lines of the kernel log name a device or slot. */
export interface Naming {
  /** Global; the first group is the name. */
  readonly pattern: RegExp;
  /** Whether the name is that of the device or its slot; undefined where that cannot be told from the name. */
  readonly isOwn: (name: string, device: KnownDevice) => boolean | undefined;
}

/** Whether the bridge or port with this address is the one above the device. */
export function isPort(address: string, { names }: KnownDevice): boolean | undefined {
  return names ? names.port === address : undefined;
}

/** What the guest's sysfs says about one slot; guest/agent/slots.h has the meaning of each sign. Absent: there is none. */
export interface SlotSigns {
  readonly operable?: boolean;
  readonly module?: string;
  readonly bridge?: Bridge;
  readonly ejectable?: string;
}

/** The bridge or port above a slot that is not on a root bus. */
interface Bridge {
  readonly address: string;
  readonly driver?: string;
  /** Drivers of a port's services. */
  readonly services: readonly string[];
}

/** All that a guest shows of a slot. */
export interface ShownSlot {
  /** In /sys/bus/pci/slots. */
  readonly name: string;
  readonly signs: SlotSigns;
  /** Lines of the guest's kernel log since its boot, as far as they are known. */
  readonly log: readonly string[];
}

/**
 * How a driver is recognised as the owner of a slot. A sign is told in words, as in "the driver of the bridge 0000:00:02.0".
 * The link `module` of a slot names its owner whichever driver it is, so no driver has to know it.
 */
export interface Recognition {
  /** Signs that only a slot of this driver has. */
  readonly signs: (slot: ShownSlot) => readonly string[];
  /** Signs that slots of other drivers have, too: they count where no other driver has a sign. */
  readonly weakSigns?: (slot: ShownSlot) => readonly string[];
  /** The line with which it says in the kernel log that it has registered the slot of this name. */
  readonly registrationLine?: (slotName: string) => string;
  /** What it says in the log of a bridge or port before it registers slots: it confirms an owner and is no sign of one. */
  readonly bridgeLineBegins?: (address: string) => string;
}
