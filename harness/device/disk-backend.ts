import { z } from 'zod';
import type { QmpCommand } from './device.ts';

/** What a disk reads from, as a scenario says it. */
export const diskBackend = z
  .union([
    z.literal('null-co'),
    z.strictObject({ file: z.string().min(1).describe('path of a raw image, opened read-only') }),
  ])
  .default('null-co')
  .describe('what the disk reads from: null-co (zeroes, no input or output on the host) or a raw image file');

export type DiskBackend = z.infer<typeof diskBackend>;

/** Size of the null-co disk: large enough for a partition scan to read a whole page, and nothing is allocated for it. */
const NULL_DISK_BYTES = 16 * 1024 * 1024;

/** Makes the block node. It has the device's id for its name: node names and device ids are name spaces of their own. */
export function addDisk(id: string, backend: DiskBackend): QmpCommand {
  return {
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
  };
}

export function removeDisk(id: string): QmpCommand {
  return { execute: 'blockdev-del', arguments: { 'node-name': id } };
}
