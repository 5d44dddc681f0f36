import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bzImage } from '../versions/kernel-image.fixture.ts';
import { agentBinary } from './initramfs.ts';
import { type GuestImage, prepareGuest } from './prepare-guest.ts';

let home: string;
let image: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-initramfs-'));
  image = join(home, 'bzImage');
  await writeFile(image, bzImage('6.1.0'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

const silent = () => undefined;

/** The program header of a dynamic executable that names its loader (elf(5)). */
const PT_INTERP = 3;

/** The types of the program headers of a 64-bit ELF file: `e_phnum` of them at `e_phoff`, each of `e_phentsize` bytes. */
function programHeaders(elf: Buffer): readonly number[] {
  const start = Number(elf.readBigUInt64LE(32));
  return Array.from({ length: elf.readUInt16LE(56) }, (_, i) => elf.readUInt32LE(start + i * elf.readUInt16LE(54)));
}

async function guestIn(cache: string): Promise<GuestImage> {
  vi.stubEnv('XDG_CACHE_HOME', join(home, cache));
  const guest = await prepareGuest({ source: 'custom', image }, { modules: ['virtio_blk'] }, silent);
  if (!guest.ok) throw new Error(guest.failure.what);
  return guest.value;
}

describe('with the real compiler and cpio', () => {
  test('the agent is the static /init, and there is nothing else in a guest without modules', async () => {
    const { initramfs } = await guestIn('cache');
    const listed = await execa('cpio', ['-itv', '--quiet', '--numeric-uid-gid', `--file=${initramfs}`], {
      env: { TZ: 'UTC', LC_ALL: 'C' },
    });
    const files = listed.stdout.split('\n').map((line) => line.split(/\s+/));
    expect(files.map(([mode, , uid, gid, , ...dateAndName]) => [mode, uid, gid, ...dateAndName].join(' '))).toEqual([
      'drwxr-xr-x 0 0 Jan 1 1970 .',
      '-rwxr-xr-x 0 0 Jan 1 1970 init',
      'drwxr-xr-x 0 0 Jan 1 1970 modules',
      '-rw-r--r-- 0 0 Jan 1 1970 modules/order',
    ]);
    const agent = await agentBinary(silent);
    const init = await readFile(agent.ok ? agent.value.path : '');
    expect(init.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(programHeaders(init)).not.toContain(PT_INTERP);
  });

  test('equal inputs give equal bytes, wherever they are packed', async () => {
    const first = await guestIn('first');
    const second = await guestIn('second');
    expect(first.initramfs).not.toBe(second.initramfs);
    expect((await readFile(first.initramfs)).equals(await readFile(second.initramfs))).toBe(true);
  });

  test('a second start needs no tool', async () => {
    const first = await guestIn('cache');
    vi.stubEnv('PATH', join(home, 'nothing'));
    expect(await guestIn('cache')).toEqual(first);
  });

  test('the stock kernel gets its modules, each after what it depends on', async () => {
    const guest = await prepareGuest({ source: 'stock' }, { modules: ['virtio_pci', 'virtio_blk'] }, silent);
    if (!guest.ok) throw new Error(guest.failure.what);
    const order = await execa('cpio', [
      '-i',
      '--to-stdout',
      '--quiet',
      `--file=${guest.value.initramfs}`,
      'modules/order',
    ]);
    const modules = order.stdout.split('\n');
    expect(modules).toContain('virtio_pci.ko');
    expect(modules.indexOf('virtio_ring.ko')).toBeLessThan(modules.indexOf('virtio_blk.ko'));
    expect(guest.value).toMatchObject({ source: 'stock', description: expect.stringContaining(guest.value.release) });
  });

  test('a module that the stock kernel does not have is named', async () => {
    expect(await prepareGuest({ source: 'stock' }, { modules: ['no_such_driver'] }, silent)).toMatchObject({
      ok: false,
      failure: { what: expect.stringContaining('no module no_such_driver') },
    });
  });
});

describe('the agent', () => {
  beforeEach(() => {
    vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  });

  test('is compiled anew when its source changes, and not otherwise', async () => {
    const said: string[] = [];
    await writeFile(join(home, 'main.c'), 'int main(void) { return 0; }');
    const first = await agentBinary((text) => said.push(text), home);
    expect(await agentBinary((text) => said.push(text), home)).toEqual(first);
    expect(said).toHaveLength(1);
    await writeFile(join(home, 'main.c'), 'int main(void) { return 1; }');
    expect(await agentBinary((text) => said.push(text), home)).not.toEqual(first);
    expect(said).toHaveLength(2);
  });

  test('that does not compile is a failure with the compiler’s words, and is not cached', async () => {
    await writeFile(join(home, 'main.c'), 'int main(void) { int unused; return 0; }');
    const failure = { what: expect.stringContaining('unused variable'), remedy: expect.stringContaining('libc6-dev') };
    expect(await agentBinary(silent, home)).toEqual({ ok: false, failure });
    expect(await agentBinary(silent, home)).toEqual({ ok: false, failure });
  });

  test('without a compiler is a failure that says how to get one', async () => {
    vi.stubEnv('PATH', join(home, 'nothing'));
    expect(await agentBinary(silent)).toEqual({
      ok: false,
      failure: { what: 'gcc is not installed.', remedy: 'Install it: sudo apt-get install gcc' },
    });
  });
});
