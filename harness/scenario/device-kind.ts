import type { DeviceInSlot } from '../variant.ts';

/**
 * What samples call a device: its name, and where it is only the frame for any driver of QEMU's, the driver too. Devices of
 * two drivers have nothing in common, and are never in one figure.
 */
export function deviceKind({ device, options }: Pick<DeviceInSlot, 'device' | 'options'>): string {
  return typeof options.driver === 'string' ? `${device}-${options.driver}` : device;
}
