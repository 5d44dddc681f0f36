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
