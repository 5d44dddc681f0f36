import { z } from 'zod';
import { defineDevice } from './device.ts';
import { addDisk, diskBackend, removeDisk } from './disk-backend.ts';

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
