import { z } from 'zod';
import { defineDevice } from './device.ts';
import { addDisk, diskBackend, removeDisk } from './disk-backend.ts';

export const nvme = defineDevice({
  name: 'nvme',
  description: 'NVMe controller with one namespace; usable when a 512-byte direct read of it has succeeded',
  options: z.strictObject({ backend: diskBackend }),
  guestModules: () => ['nvme'],
  sharesMemory: false,
  lacking: () => undefined,
  watch: () => ({ class: 'block' }),
  processes: () => [],
  prepare: (id, { backend }) => [addDisk(id, backend)],
  // QEMU refuses an NVMe controller without a serial number.
  add: (id, { bus, addr }) => [
    { execute: 'device_add', arguments: { driver: 'nvme', id, drive: id, serial: id, bus, addr } },
  ],
  release: (id) => [removeDisk(id)],
});
