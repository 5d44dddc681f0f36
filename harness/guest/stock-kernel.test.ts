import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheRoot } from './cache.ts';
import { bzImage } from './kernel-image.fixture.ts';
import { stockKernel } from './stock-kernel.ts';

const RELEASE = '6.1.0-99-amd64';
let home: string;
let calls: string;

/** Stand-ins for apt and dpkg-deb that know one kernel package. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-stock-'));
  calls = join(home, 'calls');
  await writeFile(calls, '');
  await writeFile(join(home, 'image'), bzImage(RELEASE));
  await mkdir(join(home, 'bin'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('PATH', `${join(home, 'bin')}:${process.env.PATH}`);
  await tool('apt-cache', `echo linux-image-amd64; echo '  Depends: linux-image-${RELEASE}'`);
  await tool(
    'apt-get',
    `case "$*" in
       *--print-uris*) echo "'http://mirror/pool/linux-image_1-2_amd64.deb' linux-image_1-2_amd64.deb 70550672 SHA256:0";;
       *download*) echo package > linux-image_1-2_amd64.deb;;
     esac`,
  );
  await tool(
    'dpkg-deb',
    `case "$1" in
       --show) printf 'Debian linux-image-${RELEASE} 1-2';;
       *) mkdir -p $3/boot $3/usr/share/doc $3/lib/modules/${RELEASE}; cp ${home}/image $3/boot/vmlinuz-${RELEASE};;
     esac`,
  );
  await tool('depmod', 'touch $2/lib/modules/$3/modules.dep');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

async function tool(name: string, body: string): Promise<void> {
  await writeFile(join(home, 'bin', name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
  await chmod(join(home, 'bin', name), 0o755);
}

async function called(): Promise<string> {
  return readFile(calls, 'utf8');
}

test('is downloaded and unpacked once, keeps what a guest needs, and is then used without asking apt', async () => {
  const said: string[] = [];
  const kernel = await stockKernel((text) => said.push(text));
  const entry = join(cacheRoot(), 'stock-kernel');
  expect(kernel).toEqual({
    ok: true,
    value: {
      image: join(entry, 'boot', `vmlinuz-${RELEASE}`),
      release: RELEASE,
      identity: expect.stringMatching(/^[0-9a-f]{64}$/),
      description: `Debian linux-image-${RELEASE} 1-2`,
      modulesDirectory: join(entry, 'lib', 'modules', RELEASE),
    },
  });
  expect(await readdir(entry)).toEqual(['boot', 'kernel.json', 'lib']);
  expect(said).toEqual([`downloading linux-image-${RELEASE}, 71 MB`, 'unpacking the guest kernel']);

  await writeFile(calls, '');
  expect(await stockKernel(() => undefined)).toEqual(kernel);
  expect(await called()).toBe('');
});

test('modules under /usr/lib, where Debian 13 has them, end up where modprobe looks', async () => {
  const { modulesDirectory } = await unpacked('usr/lib/modules');
  expect(await readdir(modulesDirectory)).toEqual(['modules.dep']);
});

async function unpacked(modules: string): Promise<{ modulesDirectory: string }> {
  await tool(
    'dpkg-deb',
    `[ "$1" = --show ] && exit
     mkdir -p $3/boot $3/${modules}/${RELEASE}; cp ${home}/image $3/boot/vmlinuz-${RELEASE}`,
  );
  const kernel = await stockKernel(() => undefined);
  return { modulesDirectory: (kernel.ok && kernel.value.modulesDirectory) || '' };
}

test('where the host has no package lists, it fetches its own and leaves none of them behind', async () => {
  await tool(
    'apt-cache',
    `case "$*" in *Dir::State::Lists=*) echo '  Depends: linux-image-${RELEASE}';; *) echo 'E: No packages found' >&2; exit 100;; esac`,
  );
  expect(await stockKernel(() => undefined)).toMatchObject({ ok: true });
  expect(await called()).toMatch(/^apt-get .*Dir::State::Lists=.* update$/m);
  expect(await readdir(join(cacheRoot(), 'stock-kernel'))).toEqual(['boot', 'kernel.json', 'lib']);
});

test('a download that fails is quoted, with a remedy, and leaves nothing behind', async () => {
  await tool(
    'apt-get',
    `case "$*" in
       *--print-uris*) echo "'http://mirror/pool/linux-image_1-2_amd64.deb' linux-image_1-2_amd64.deb 70550672 SHA256:0";;
       *download*) echo half > linux-image_1-2_amd64.deb; echo 'E: Failed to fetch' >&2; exit 100;;
     esac`,
  );
  expect(await stockKernel(() => undefined)).toMatchObject({
    ok: false,
    failure: { what: expect.stringContaining('E: Failed to fetch'), remedy: expect.stringContaining('network') },
  });
  expect(await readdir(cacheRoot())).toEqual([]);
});
