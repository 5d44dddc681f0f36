import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheRoot } from '../cache/cache.ts';
import { stockKernel } from './debian-kernel.ts';
import { bzImage } from './kernel-image.fixture.ts';

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
  await writeFile(join(home, 'keyring'), '');
  await tool(
    'apt-cache',
    `case "$*" in
       *madison*) echo ' linux-image-amd64 | 1-2 | http://mirror/debian bookworm/main amd64 Packages';;
       *linux-image-amd64=*) echo 'Depends: linux-image-${RELEASE} (= 1-2)';;
       *) echo 'Depends: kmod, linux-base (>= 4.3)';;
     esac`,
  );
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
       --show) printf 'linux-image-${RELEASE} 1-2';;
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

/** With a mirror, a release and keys that do not depend on the host. */
function stock(report: (text: string) => void = () => undefined, keyring = join(home, 'keyring')) {
  const uris = { debian: 'http://mirror/debian', security: 'http://mirror/debian-security' };
  return stockKernel(report, { uris, configured: ['bookworm'], keyring });
}

async function called(): Promise<string> {
  return readFile(calls, 'utf8');
}

test('is downloaded and unpacked once, keeps what a guest needs, and is then used without asking apt', async () => {
  const said: string[] = [];
  const kernel = await stock((text) => said.push(text));
  const entry = join(cacheRoot(), 'stock-kernel');
  expect(kernel).toEqual({
    ok: true,
    value: {
      image: join(entry, 'boot', `vmlinuz-${RELEASE}`),
      release: RELEASE,
      identity: expect.stringMatching(/^[0-9a-f]{64}$/),
      description: `Debian linux-image-${RELEASE} 1-2`,
      modulesDirectory: join(entry, 'lib', 'modules', RELEASE),
      package: { suite: 'bookworm', name: `linux-image-${RELEASE}`, version: '1-2' },
    },
  });
  expect(await readdir(entry)).toEqual(['boot', 'debian-version.json', 'kernel.json', 'lib']);
  expect(said).toEqual([
    'fetching the package lists of bookworm',
    `downloading linux-image-${RELEASE} 1-2, 71 MB`,
    `unpacking linux-image-${RELEASE} 1-2`,
  ]);

  await writeFile(calls, '');
  expect(await stock()).toEqual(kernel);
  expect(await called()).toBe('');
});

test('modules under /usr/lib, where Debian 13 has them, end up where modprobe looks', async () => {
  const { modulesDirectory } = await unpacked('usr/lib/modules');
  expect(await readdir(modulesDirectory)).toEqual(['modules.dep']);
});

test('a vmlinuz beside the modules, where Debian has it since Linux 7.0, ends up in /boot', async () => {
  const { image } = await unpacked('usr/lib/modules', `usr/lib/modules/${RELEASE}/vmlinuz`);
  expect(image).toMatch(/boot\/vmlinuz-/);
});

async function unpacked(modules: string, image = `boot/vmlinuz-${RELEASE}`) {
  await tool(
    'dpkg-deb',
    `[ "$1" = --show ] && echo 'linux-image 1-2' && exit
     mkdir -p $3/boot $3/${modules}/${RELEASE}; cp ${home}/image $3/${image}`,
  );
  const kernel = await stock();
  if (!kernel.ok) throw new Error(kernel.failure.what);
  return { image: kernel.value.image, modulesDirectory: kernel.value.modulesDirectory ?? '' };
}

test("the lists are our own, whatever the host's are like", async () => {
  expect(await stock()).toMatchObject({ ok: true });
  expect(await called()).toMatch(/^apt-get -c .*debian-lists-bookworm-.* update$/m);
  expect(await called()).not.toMatch(/^apt-(get|cache) (?!-c )/m);
});

test('a kernel that an older version of this program fetched is used as it is', async () => {
  const entry = join(cacheRoot(), 'stock-kernel');
  await mkdir(entry, { recursive: true });
  const facts = { release: RELEASE, identity: 'a', description: 'Debian linux-image 0-1' };
  await writeFile(join(entry, 'kernel.json'), JSON.stringify(facts));
  expect(await stock()).toMatchObject({ ok: true, value: facts });
  expect(await called()).toBe('');
});

test('without the keys of the archive nothing is fetched, and they are asked for by name', async () => {
  expect(await stock(undefined, '/nowhere')).toMatchObject({
    ok: false,
    failure: { what: expect.stringContaining('/nowhere'), remedy: expect.stringContaining('debian-archive-keyring') },
  });
  expect(await called()).not.toContain('update');
});

test('a download that fails is quoted, and leaves nothing behind', async () => {
  await tool(
    'apt-get',
    `case "$*" in
       *--print-uris*) echo "'http://mirror/pool/linux-image_1-2_amd64.deb' linux-image_1-2_amd64.deb 70550672 SHA256:0";;
       *download*) echo half > linux-image_1-2_amd64.deb; echo 'E: Failed to fetch' >&2; exit 100;;
     esac`,
  );
  expect(await stock()).toMatchObject({
    ok: false,
    failure: { what: expect.stringContaining('E: Failed to fetch') },
  });
  expect((await readdir(cacheRoot())).filter((name) => !name.startsWith('debian-lists-'))).toEqual([]);
});
