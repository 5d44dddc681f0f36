import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { vhostUserFs } from '../device/vhost-user-fs.ts';
import { optionValue } from '../qemu-syntax.ts';
import type { MachinePart } from './topology.ts';

/** A part that is made of QEMU arguments alone. */
export function plainPart(name: string, guestModules: readonly string[], ...words: readonly string[]): MachinePart {
  return {
    name,
    arguments: () => words,
    lacking: () => undefined,
    guestModules,
    sharesMemory: false,
    processes: () => [],
  };
}

const VHOST_VSOCK = '/dev/vhost-vsock';
/** Context ids 0 to 2 have fixed meanings (vsock(7)); each machine on a host needs one of its own. */
const FIRST_GUEST_CID = 3;
const GUEST_CIDS = 2 ** 31;

/** A socket between guest and host through the host's kernel. */
export function vsockPart(...properties: readonly string[]): MachinePart {
  return {
    name: 'vhost-vsock-pci',
    arguments: (directory) => [
      '-device',
      ['vhost-vsock-pci', ...properties, `guest-cid=${guestCid(directory)}`].join(','),
    ],
    lacking: () =>
      isWritable(VHOST_VSOCK) ? undefined : `${VHOST_VSOCK} that this user may open (modprobe vhost_vsock)`,
    guestModules: ['vmw_vsock_virtio_transport'],
    sharesMemory: false,
    processes: () => [],
  };
}

/** A filesystem of the host's, served by virtiofsd. */
export function sharedFilesystemPart(chardev: string, tag: string, properties: string): MachinePart {
  return {
    name: 'vhost-user-fs-pci',
    arguments: (directory) => [
      ...['-chardev', `socket,id=${chardev},path=${optionValue(join(directory, 'virtiofsd.sock'))}`],
      ...['-device', `vhost-user-fs-pci,chardev=${chardev},tag=${tag},${properties}`],
    ],
    lacking: () => vhostUserFs.lacking({}),
    guestModules: vhostUserFs.guestModules({}),
    sharesMemory: true,
    processes: (directory) => vhostUserFs.processes(tag, {}, directory),
  };
}

/** The directory is private to one machine, and so is what it hashes to, nearly always. */
function guestCid(directory: string): number {
  let hash = 0;
  for (const character of directory) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % GUEST_CIDS;
  return FIRST_GUEST_CID + hash;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
