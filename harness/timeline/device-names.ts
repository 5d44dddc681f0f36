import type { Moment } from '../drivers/moment.ts';
import type { DeviceNames } from '../drivers/naming.ts';

/** `/devices/pci0000:00/0000:00:02.0/0000:01:03.0/virtio1/block/vdb`: the way down to a device, and its parts. */
const DEVICE_PATH = /^\/devices\/pci[^/]+((?:\/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])+)(?:\/(.*))?$/;

/**
 * What the kernel calls the device at a place, from the uevents of its coming or going: bus numbers are the guest's choice,
 * the device and function numbers on the way down are not. Undefined when there was no such uevent.
 *
 * Assumption: there is one root bus, so that no two paths share a place; true of every machine in harness/machine/topology.
 */
export function deviceNames(place: string, moments: readonly Moment[]): DeviceNames | undefined {
  let way: readonly string[] = [];
  const parts = new Set<string>();
  for (const moment of moments) {
    const match = moment.source === 'uevent' ? DEVICE_PATH.exec(moment.path) : null;
    const addresses = match?.[1]?.slice(1).split('/') ?? [];
    if (match === null || addresses.map((address) => address.slice(-4)).join('/') !== place) continue;
    way = addresses;
    for (const part of match[2]?.split('/') ?? []) parts.add(part);
  }
  const address = way.at(-1);
  const port = way.at(-2);
  return address === undefined ? undefined : { address, ...(port !== undefined && { port }), parts };
}
