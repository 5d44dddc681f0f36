import type { Device } from './device.ts';
import { virtioBlk } from './virtio-blk.ts';

/** Every device a scenario can plug, in the order of `bench list`. */
export const devices: ReadonlyMap<string, Device> = new Map([virtioBlk].map((device) => [device.name, device]));
