import type { Controller } from '../../vocabulary.ts';
import type { Slot } from '../device/device.ts';

type BridgeController = Extract<Controller, 'shpchp' | 'acpiphp'>;

/** A conventional PCI bus has device numbers 0 to 31. */
const DEVICE_NUMBERS = 32;
/** As many functions share a PCI device number. */
export const FUNCTIONS = 8;

/** A device or bus number as QEMU and the guest write it: two hexadecimal digits. */
export function hexByte(number: number): string {
  return number.toString(16).padStart(2, '0');
}

/**
 * The slots behind a bridge to conventional PCI, that of device number 0 last. QEMU's hot-plug controller of bridges has none there
 * (hw/pci/shpc.c, SHPC_IDX_TO_PCI()): a plug into it is refused. Under ACPI it is a slot like the others.
 *
 * @param place the bridge's own
 */
export function bridgeSlots(bus: string, place: string, controller: BridgeController): readonly Slot[] {
  const numbers = Array.from({ length: DEVICE_NUMBERS - 1 }, (_, index) => index + 1);
  return [...numbers, ...(controller === 'acpiphp' ? [0] : [])].map((number) => {
    const addr = hexByte(number);
    return { bus, addr, place: `${place}/${addr}.0` };
  });
}

/** Bridges that are alike, each on a device number of its own. */
interface BridgeRow {
  readonly bridges: number;
  readonly firstAddr: number;
  readonly busOf: (index: number) => string;
  readonly controller: BridgeController;
  /** What lies between that device and the bridge, as in `/00.0` for one behind a root port. */
  readonly below?: string;
}

/** The slots behind all of them. */
export function slotsOfBridges({ bridges, firstAddr, busOf, controller, below = '' }: BridgeRow): readonly Slot[] {
  return Array.from({ length: bridges }, (_, index) =>
    bridgeSlots(busOf(index), `${hexByte(firstAddr + index)}.0${below}`, controller),
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
