import { z } from 'zod';
import type { QmpCommand } from '../qemu-syntax.ts';
import { defineDevice } from './device.ts';

/** What a disk reads from, as a scenario says it. */
const diskBackend = z
  .union([
    z.literal('null-co'),
    z.strictObject({ file: z.string().min(1).describe('path of a raw image, opened read-only') }),
  ])
  .default('null-co')
  .describe('what the disk reads from: null-co (zeroes, no input or output on the host) or a raw image file');

type DiskBackend = z.infer<typeof diskBackend>;

/** Size of the null-co disk: large enough for a partition scan to read a whole page, and nothing is allocated for it. */
const NULL_DISK_BYTES = 16 * 1024 * 1024;

/** Makes the block node. It has the device's id for its name: node names and device ids are name spaces of their own. */
function addDisk(id: string, backend: DiskBackend): QmpCommand {
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

function diskInHostTime(backend: DiskBackend): string | undefined {
  return backend === 'null-co' ? undefined : FILE_IN_HOST_TIME;
}

function removeDisk(id: string): QmpCommand {
  return { execute: 'blockdev-del', arguments: { 'node-name': id } };
}

/** QEMU's VIRTIO_QUEUE_MAX (include/hw/virtio/virtio.h). */
const MAX_QUEUES = 1024;

export const virtioBlk = defineDevice({
  name: 'virtio-blk',
  description: 'virtio disk; usable when a 512-byte direct read has succeeded',
  options: z.strictObject({
    backend: diskBackend,
    queues: z
      .int()
      .min(1)
      .max(MAX_QUEUES)
      .exactOptional()
      .describe('request queues that QEMU offers; without it, as many as the guest has CPUs'),
  }),
  guestModules: () => ['virtio_pci', 'virtio_blk'],
  sharesMemory: false,
  lacking: () => undefined,
  inHostTime: ({ backend }) => diskInHostTime(backend),
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  add: (id, { bus, addr }, { queues }) => [
    {
      execute: 'device_add',
      arguments: {
        ...{ driver: 'virtio-blk-pci', id, drive: id, bus, addr },
        ...(queues !== undefined && { 'num-queues': queues }),
      },
    },
  ],
  release: (id) => [removeDisk(id)],
});

export const virtioScsi = defineDevice({
  name: 'virtio-scsi',
  description: 'virtio SCSI adapter with one disk on it; usable when a 512-byte direct read of the disk has succeeded',
  options: z.strictObject({ backend: diskBackend }),
  guestModules: () => ['virtio_pci', 'virtio_scsi', 'sd_mod'],
  sharesMemory: false,
  lacking: () => undefined,
  // Not the reads alone, which virtio-blk's are like: scsi_scan_host() goes on to 254 more targets while the disk is first
  // read, so that the guest is not idle and its clock goes on until QEMU's main loop has completed the read.
  inHostTime: () =>
    "driver looks for more disks, and so lets its clock go on, until QEMU's main loop has read from the first",
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  // The guest finds the disk in its first scan of the adapter, or hears of it when that scan is over already.
  add: (id, { bus, addr }) => [
    { execute: 'device_add', arguments: { driver: 'virtio-scsi-pci', id, bus, addr } },
    { execute: 'device_add', arguments: { driver: 'scsi-hd', id: `${id}.disk`, drive: id, bus: `${id}.0` } },
  ],
  release: (id) => [removeDisk(id)],
});

/**
 * Since QEMU 7.2 (hw/nvme/ctrl.c) the doorbell schedules one bottom half of the main loop, which takes the command in, the
 * block layer another and the completion queue a third. Each is a round of the main loop, at whose end an idle guest's clock
 * leaps to its next timer (util/main-loop.c main_loop_wait()), if the guest has got idle by then.
 */
export const NVME_IN_HOST_TIME =
  "commands QEMU's main loop carries out in several rounds, and between them the guest's clock leaps on or does not";

export const nvme = defineDevice({
  name: 'nvme',
  description: 'NVMe controller with one namespace; usable when a 512-byte direct read of it has succeeded',
  options: z.strictObject({ backend: diskBackend }),
  guestModules: () => ['nvme'],
  sharesMemory: false,
  lacking: () => undefined,
  inHostTime: () => NVME_IN_HOST_TIME,
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  // QEMU refuses an NVMe controller without a serial number.
  add: (id, { bus, addr }) => [
    { execute: 'device_add', arguments: { driver: 'nvme', id, drive: id, serial: id, bus, addr } },
  ],
  release: (id) => [removeDisk(id)],
});

/** What QEMU's scsi-hd and Linux take for a target of virtio-scsi (hw/scsi/virtio-scsi.c, VIRTIO_SCSI_MAX_TARGET) and a LUN. */
const MAX_TARGET = 255;
const MAX_LUN = 16383;

export const scsiDisk = defineDevice({
  name: 'scsi-disk',
  description:
    'disk as a LUN of a virtio-scsi controller that is already there, on "bus: <id>.0"; usable when a 512-byte direct read has succeeded',
  options: z.strictObject({
    backend: diskBackend,
    target: z.int().min(0).max(MAX_TARGET).default(0).describe('its target on the controller'),
    lun: z.int().min(0).max(MAX_LUN).default(0).describe('its LUN; the next free one where it is taken'),
  }),
  guestModules: () => ['virtio_pci', 'virtio_scsi', 'sd_mod'],
  sharesMemory: false,
  ownBus: 'scsi',
  lacking: () => undefined,
  inHostTime: () => "driver goes on looking for it while QEMU's main loop answers",
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  add: (id, { bus, addr = '' }) => {
    const [target, lun] = addr.split(':').map(Number);
    const place = { bus, channel: 0, 'scsi-id': target, lun };
    return [{ execute: 'device_add', arguments: { driver: 'scsi-hd', id, drive: id, ...place } }];
  },
  release: (id) => [removeDisk(id)],
});
