import { z } from 'zod';
import { type Device, defineDevice } from './device.ts';

/** A network card of this QEMU driver. Its other end is QEMU's own network, cut off from the host's. */
export function networkCard(card: {
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
