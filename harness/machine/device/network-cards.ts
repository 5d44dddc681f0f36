import { z } from 'zod';
import { type Device, defineDevice } from './device.ts';

/** A network card of this QEMU driver. Its other end is QEMU's own network, cut off from the host's. */
function networkCard(card: {
  readonly name: string;
  readonly description: string;
  readonly driver: string;
  readonly guestModules: readonly string[];
}): Device {
  return defineDevice({
    name: card.name,
    description: `${card.description}; usable when its interface is up and has carrier`,
    options: z.strictObject({}),
    guestModules: () => card.guestModules,
    sharesMemory: false,
    lacking: () => undefined,
    inHostTime: () => undefined,
    watch: () => ({ class: 'net' }),
    processes: () => [],
    // User networking needs no privilege, and restrict lets nothing of the guest's out. Net backends and devices are
    // name spaces of their own.
    prepare: (id) => [{ execute: 'netdev_add', arguments: { type: 'user', id, restrict: true } }],
    add: (id, { bus, addr }) => [
      { execute: 'device_add', arguments: { driver: card.driver, id, netdev: id, bus, addr } },
    ],
    release: (id) => [{ execute: 'netdev_del', arguments: { id } }],
  });
}

export const virtioNet = networkCard({
  name: 'virtio-net',
  description: 'virtio network card',
  driver: 'virtio-net-pci',
  guestModules: ['virtio_pci', 'virtio_net'],
});

export const e1000e = networkCard({
  name: 'e1000e',
  description: 'Intel 82574L network card',
  driver: 'e1000e',
  guestModules: ['e1000e'],
});
