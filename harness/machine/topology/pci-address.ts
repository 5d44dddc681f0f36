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

/**
 * The same for several bridges, each on a device number of its own.
 *
 * @param below what lies between that device and the bridge, as in `/00.0` for one behind a root port
 */
export function slotsOfBridges(
  bridges: number,
  firstAddr: number,
  busOf: (index: number) => string,
  below = '',
): readonly Slot[] {
  return Array.from({ length: bridges }, (_, index) =>
    bridgeSlots(busOf(index), `${hexByte(firstAddr + index)}.0${below}`),
  ).flat();
}

/** Places of the slots behind root ports on successive device numbers, where each has something of the machine's in it. */
export function placesBehindPorts(ports: number, firstAddr: number): readonly string[] {
  return Array.from({ length: ports }, (_, index) => portSlot('', `${hexByte(firstAddr + index)}.0`).place);
}

/** The one slot behind a root port or a downstream port. `place` is the port's own. */
export function portSlot(bus: string, place: string): Slot {
  return { bus, addr: '00', place: `${place}/00.0` };
}
