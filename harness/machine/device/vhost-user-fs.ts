import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defineDevice } from './device.ts';

/**
 * Where distributions put virtiofsd, none of them in PATH: the Rust one (package virtiofsd: Debian 13, Fedora; Arch), and
 * the one that was in QEMU's own source until 7.2 (Debian 12, package qemu-system-common).
 */
const VIRTIOFSD_PATHS = ['/usr/libexec/virtiofsd', '/usr/lib/virtiofsd', '/usr/lib/qemu/virtiofsd'] as const;

const options = z.strictObject({
  virtiofsd: z
    .strictObject({ file: z.string().min(1).describe('path of virtiofsd') })
    .exactOptional()
    .describe('the program, if not where distributions put it'),
});

export const vhostUserFs = defineDevice({
  name: 'vhost-user-fs',
  description: 'virtio filesystem served by virtiofsd; usable when it is mounted and has answered a request',
  options,
  guestModules: () => ['virtio_pci', 'virtiofs'],
  sharesMemory: true,
  lacking: ({ virtiofsd }) => {
    const path = virtiofsdPath(virtiofsd?.file);
    if (path === undefined) {
      return virtiofsd === undefined
        ? `virtiofsd, which is in none of ${VIRTIOFSD_PATHS.join(', ')}`
        : `a program at ${virtiofsd.file} that may be executed`;
    }
    // It writes a file to /var/run/virtiofsd before anything else.
    return isQemusOwn(path) && !isRoot() ? `root, which ${path} wants to be (the Rust virtiofsd does not)` : undefined;
  },
  inHostTime: () => "process beside QEMU works in the host's time",
  watch: (id) => ({ class: 'filesystem', tag: id }),
  processes: (_id, { virtiofsd }, directory) => {
    const command = virtiofsdPath(virtiofsd?.file) ?? 'virtiofsd';
    const shared = isQemusOwn(command)
      ? ['-o', `source=${directory},sandbox=chroot`]
      : [`--shared-dir=${directory}`, `--sandbox=${isRoot() ? 'chroot' : 'none'}`];
    const socket = socketIn(directory);
    return [{ command, args: [`--socket-path=${socket}`, ...shared], socket }];
  },
  prepare: (id, _options, directory) => [
    {
      execute: 'chardev-add',
      arguments: {
        id,
        backend: {
          type: 'socket',
          data: { addr: { type: 'unix', data: { path: socketIn(directory) } }, server: false },
        },
      },
    },
  ],
  add: (id, { bus, addr }) => [
    { execute: 'device_add', arguments: { driver: 'vhost-user-fs-pci', id, chardev: id, tag: id, bus, addr } },
  ],
  release: (id) => [{ execute: 'chardev-remove', arguments: { id } }],
});

function socketIn(directory: string): string {
  return join(directory, 'virtiofsd.sock');
}

/** The options of QEMU's own and of the Rust virtiofsd differ. */
function isQemusOwn(path: string): boolean {
  return path.endsWith('/qemu/virtiofsd');
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function virtiofsdPath(given: string | undefined): string | undefined {
  return (given === undefined ? VIRTIOFSD_PATHS : [given]).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
