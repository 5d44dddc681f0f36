import { z } from 'zod';
import { defineDevice } from './device.ts';
import { addDisk, diskBackend, diskInHostTime, removeDisk } from './disk-backend.ts';

export const virtioBlk = defineDevice({
  name: 'virtio-blk',
  description: 'virtio disk; usable when a 512-byte direct read has succeeded',
  options: z.strictObject({ backend: diskBackend }),
  guestModules: () => ['virtio_pci', 'virtio_blk'],
  sharesMemory: false,
  lacking: () => undefined,
  inHostTime: ({ backend }) => diskInHostTime(backend),
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  add: (id, { bus, addr }) => [
    { execute: 'device_add', arguments: { driver: 'virtio-blk-pci', id, drive: id, bus, addr } },
  ],
  release: (id) => [removeDisk(id)],
});
