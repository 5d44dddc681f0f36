import { z } from 'zod';
import { defineDevice } from './device.ts';
import { addDisk, diskBackend, removeDisk } from './disk-backend.ts';

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
