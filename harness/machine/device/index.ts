import { custom } from './custom.ts';
import type { Device } from './device.ts';
import { e1000e } from './e1000e.ts';
import { nvme } from './nvme.ts';
import { vhostUserFs } from './vhost-user-fs.ts';
import { virtioBalloon } from './virtio-balloon.ts';
import { virtioBlk } from './virtio-blk.ts';
import { virtioNet } from './virtio-net.ts';
import { virtioRng } from './virtio-rng.ts';
import { virtioScsi } from './virtio-scsi.ts';
import { virtioSerial } from './virtio-serial.ts';

/** Every device a scenario can plug, in the order of `bench list`. */
export const devices: ReadonlyMap<string, Device> = new Map(
  [virtioBlk, virtioScsi, nvme, virtioNet, e1000e, virtioRng, virtioBalloon, virtioSerial, vhostUserFs, custom].map(
    (device) => [device.name, device],
  ),
);
