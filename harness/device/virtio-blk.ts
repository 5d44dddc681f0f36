import { z } from 'zod';
import { defineDevice } from './device.ts';

const options = z.strictObject({
  backend: z
    .union([
      z.literal('null-co'),
      z.strictObject({ file: z.string().min(1).describe('path of a raw image, opened read-only') }),
    ])
    .default('null-co')
    .describe('what the disk reads from: null-co (zeroes, no input or output on the host) or a raw image file'),
});

/** Size of the null-co disk: large enough for a partition scan to read a whole page, and nothing is allocated for it. */
const NULL_DISK_BYTES = 16 * 1024 * 1024;

export const virtioBlk = defineDevice({
  name: 'virtio-blk',
  description: 'virtio disk; usable when a 512-byte direct read has succeeded',
  options,
  guestModules: ['virtio_pci', 'virtio_blk'],
  usable: 'block',
  // The block node has the device's id for its name: node names and device ids are name spaces of their own.
  prepare: (id, { backend }) => [
    {
      execute: 'blockdev-add',
      arguments:
        backend === 'null-co'
          ? { 'node-name': id, driver: 'null-co', size: NULL_DISK_BYTES, 'read-zeroes': true }
          : {
              'node-name': id,
              driver: 'raw',
              'read-only': true,
              file: { driver: 'file', filename: backend.file, 'read-only': true },
            },
    },
  ],
  add: (id, { bus, addr }) => ({
    execute: 'device_add',
    arguments: { driver: 'virtio-blk-pci', id, drive: id, bus, addr },
  }),
  release: (id) => [{ execute: 'blockdev-del', arguments: { 'node-name': id } }],
});
