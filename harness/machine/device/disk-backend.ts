import { z } from 'zod';
import type { QmpCommand } from '../qemu-syntax.ts';

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

/**
 * A file is read by a thread of QEMU's (block/file-posix.c). The guest waits for it idle, and its clock leaps from timer to
 * timer until the host is done. null-co has its answer at once.
 */
export const FILE_IN_HOST_TIME = "file is read in the host's time, while the guest's clock leaps from timer to timer";

export function diskInHostTime(backend: DiskBackend): string | undefined {
  return backend === 'null-co' ? undefined : FILE_IN_HOST_TIME;
}

export function removeDisk(id: string): QmpCommand {
  return { execute: 'blockdev-del', arguments: { 'node-name': id } };
}
