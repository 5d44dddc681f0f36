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
