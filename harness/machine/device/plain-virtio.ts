import { z } from 'zod';
import { type Device, defineDevice } from './device.ts';

/** A virtio device without a backend of its own, of which no more is asked than that a driver binds to it. */
export function plainVirtio(device: {
  readonly name: string;
  readonly description: string;
  readonly driver: string;
  readonly guestModule: string;
}): Device {
  return defineDevice({
    name: device.name,
    description: `${device.description}; usable when a driver is bound to the virtio device`,
    options: z.strictObject({}),
    guestModules: () => ['virtio_pci', device.guestModule],
    sharesMemory: false,
    lacking: () => undefined,
    inHostTime: () => undefined,
    watch: () => ({ class: 'virtio-driver' }),
    processes: () => [],
    prepare: () => [],
    add: (id, { bus, addr }) => [{ execute: 'device_add', arguments: { driver: device.driver, id, bus, addr } }],
    release: () => [],
  });
}
