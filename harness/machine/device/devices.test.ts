import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QmpCommand } from '../qemu-syntax.ts';
import { custom } from './custom.ts';
import type { Device } from './device.ts';
import { devices } from './index.ts';
import { vhostUserFs } from './vhost-user-fs.ts';

const SLOT = { bus: 'port0', addr: '00', place: '02.0/00.0' };
const REMOVED_BY: Readonly<Record<string, string>> = {
  'blockdev-add': 'blockdev-del',
  'chardev-add': 'chardev-remove',
  netdev_add: 'netdev_del',
  'object-add': 'object-del',
};

function nameIn({ arguments: given }: QmpCommand): unknown {
  return given['node-name'] ?? given.id;
}

const all = [...devices.values()].map((device): readonly [string, Device, unknown] => {
  const backends = { netdev: { type: 'user' }, blockdev: { driver: 'null-co' }, object: { 'qom-type': 'rng-builtin' } };
  return [device.name, device, device.options.parse(device === custom ? { driver: 'nvme', backends } : {})];
});

describe.each(all)('%s', (_name, device, options) => {
  test('says in a line when it is usable', () => {
    expect(device.description).toMatch(/^[^\n]+; usable when [^\n]+$/);
  });

  test('refuses options it does not have', () => {
    expect(device.options.safeParse({ ...(options as object), colour: 'red' }).success).toBe(false);
  });

  test('first plugs the PCI function, or the LUN, with the id and in the place it is given', () => {
    const isLun = device.ownBus === 'scsi';
    const [first, ...others] = device.add('d1', isLun ? { bus: 'scsi0.0', addr: '3:7' } : SLOT, options);
    const place = isLun ? { bus: 'scsi0.0', 'scsi-id': 3, lun: 7 } : { bus: 'port0', addr: '00' };
    expect(first).toMatchObject({ execute: 'device_add', arguments: { id: 'd1', ...place } });
    for (const { execute, arguments: given } of others) {
      expect(execute).toBe('device_add');
      expect(given).toMatchObject({ bus: expect.stringMatching(/^d1\./) });
    }
  });

  test('removes, last first, all that it prepared under its own id', () => {
    const made = device.prepare('d1', options, '/run');
    expect(device.release('d1', options).map((command) => [command.execute, nameIn(command)])).toEqual(
      made.map((command) => [REMOVED_BY[command.execute], 'd1']).toReversed(),
    );
  });
});

describe('custom', () => {
  const plugged = (given: object) => custom.add('d1', SLOT, custom.options.parse(given))[0]?.arguments;

  test('passes properties on as they are, with its id where they ask for it', () => {
    const properties = { netdev: '$id', serial: 'a-$id', queues: 2, rombar: false };
    expect(plugged({ driver: 'nvme', properties })).toEqual({
      ...{ driver: 'nvme', id: 'd1', bus: 'port0', addr: '00' },
      ...{ netdev: 'd1', serial: 'a-d1', queues: 2, rombar: false },
    });
  });

  test.each(['id', 'bus', 'addr', 'driver'])('leaves the property %s to the topology and the sequence', (name) => {
    expect(custom.options.safeParse({ driver: 'nvme', properties: { [name]: 'x' } }).success).toBe(false);
  });

  test('is usable when a driver is bound to the PCI function, unless told otherwise', () => {
    expect(custom.watch('d1', { driver: 'nvme' })).toEqual({ class: 'pci-driver' });
    expect(custom.watch('d1', { driver: 'nvme', usable: 'block' })).toEqual({ class: 'block' });
    expect(custom.guestModules({ driver: 'nvme', modules: ['nvme'] })).toEqual(['nvme']);
  });
});

describe('vhost-user-fs', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vhost-user-fs-'));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  async function program(name: string, mode: number) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '', { mode });
    return { virtiofsd: { file } };
  }
  const user = (id: number) => vi.spyOn(process as { geteuid(): number }, 'geteuid').mockReturnValue(id);

  test('names the program that is missing or may not be executed', async () => {
    const options = await program('virtiofsd', 0o644);
    expect(vhostUserFs.lacking(options)).toBe(`a program at ${options.virtiofsd.file} that may be executed`);
  });

  test("QEMU's own virtiofsd has to be root, the Rust one has not", async () => {
    const own = await program('qemu/virtiofsd', 0o755);
    const rust = await program('virtiofsd', 0o755);
    user(1000);
    expect(vhostUserFs.lacking(own)).toMatch(/^root, which .*\/qemu\/virtiofsd wants/);
    expect(vhostUserFs.lacking(rust)).toBeUndefined();
    expect(vhostUserFs.processes('d1', rust, '/run/d')[0]?.args).toEqual([
      '--socket-path=/run/d/virtiofsd.sock',
      '--shared-dir=/run/d',
      '--sandbox=none',
    ]);
    user(0);
    expect(vhostUserFs.lacking(own)).toBeUndefined();
    expect(vhostUserFs.processes('d1', own, '/run/d')[0]).toEqual({
      command: own.virtiofsd.file,
      args: ['--socket-path=/run/d/virtiofsd.sock', '-o', 'source=/run/d,sandbox=chroot'],
      socket: '/run/d/virtiofsd.sock',
    });
  });
});
