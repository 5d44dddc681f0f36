/** One place where a device can be plugged. */
export interface Slot {
  /** QEMU's name for the bus: the `bus` argument of `device_add`. */
  readonly bus: string;
  /** PCI device number on that bus, hexadecimal without prefix: the `addr` argument of `device_add`. */
  readonly addr: string;
  /** Where the guest sees it: `device.function` from the root bus down, without bus numbers, as in `02.0/03.0`. */
  readonly place: string;
}
