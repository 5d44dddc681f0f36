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

export const virtioRng = plainVirtio({
  name: 'virtio-rng',
  description: 'virtio entropy source',
  driver: 'virtio-rng-pci',
  guestModule: 'virtio_rng',
});

export const virtioBalloon = plainVirtio({
  name: 'virtio-balloon',
  description: 'virtio memory balloon, of which QEMU allows one at a time',
  driver: 'virtio-balloon-pci',
  guestModule: 'virtio_balloon',
});

export const virtioSerial = plainVirtio({
  name: 'virtio-serial',
  description: 'virtio serial adapter without ports',
  driver: 'virtio-serial-pci',
  guestModule: 'virtio_console',
});
