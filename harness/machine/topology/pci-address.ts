import type { Slot } from '../device/device.ts';

/** A conventional PCI bus has device numbers 0 to 31; the hot-plug controller of QEMU's bridges leaves out 0. */
const FIRST_BRIDGE_SLOT = 1;
const LAST_BRIDGE_SLOT = 31;
/** As many functions share a PCI device number. */
export const FUNCTIONS = 8;

/** A device or bus number as QEMU and the guest write it: two hexadecimal digits. */
export function hexByte(number: number): string {
  return number.toString(16).padStart(2, '0');
}

/** The slots behind a bridge to conventional PCI. `place` is the bridge's own. */
export function bridgeSlots(bus: string, place: string): readonly Slot[] {
  return Array.from({ length: LAST_BRIDGE_SLOT - FIRST_BRIDGE_SLOT + 1 }, (_, index) => {
    const addr = hexByte(FIRST_BRIDGE_SLOT + index);
    return { bus, addr, place: `${place}/${addr}.0` };
  });
}

/** The one slot behind a root port or a downstream port. `place` is the port's own. */
export function portSlot(bus: string, place: string): Slot {
  return { bus, addr: '00', place: `${place}/00.0` };
}
