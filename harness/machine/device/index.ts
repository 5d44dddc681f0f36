import { custom } from './custom.ts';
import type { Device } from './device.ts';
import { nvme, scsiDisk, virtioBlk, virtioScsi } from './disks.ts';
import { e1000e, virtioNet } from './network-cards.ts';
import { virtioBalloon, virtioRng, virtioSerial } from './plain-virtio.ts';
import { vhostUserFs } from './vhost-user-fs.ts';

/** Every device a scenario can plug, in the order of `bench list`. */
export const devices: ReadonlyMap<string, Device> = new Map(
  [
    virtioBlk,
    virtioScsi,
    scsiDisk,
    nvme,
    virtioNet,
    e1000e,
    virtioRng,
    virtioBalloon,
    virtioSerial,
    vhostUserFs,
    custom,
  ].map((device) => [device.name, device]),
);
