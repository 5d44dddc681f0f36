import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheRoot } from '../cache/cache.ts';
import { KERNEL } from './debian-kernel.ts';
import { QEMU_VERSION } from './debian-qemu.ts';
import { FAKE_SUITE, type FakeArchive, type FakePackage, fakeArchive, makeKey } from './fake-archive.fixture.ts';
import { fetchedVersions, fetchVersion, type VersionKind } from './fetch-version.ts';
import type { HostArchive } from './host-archive.ts';
import { bzImage } from './kernel-image.fixture.ts';

let home: string;
let fake: FakeArchive;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-archive-'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('no_proxy', '127.0.0.1');
  fake = await fakeArchive(home, [...kernel('9.0-amd64', '9-1'), ...QEMU]);
});

afterEach(async () => {
  await fake.close();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** In several packages, as Debian's is since Linux 7.0. */
function kernel(release: string, version: string): readonly FakePackage[] {
  const parts = `linux-modules-${release} (= ${version}), kmod`;
  const modules = `usr/lib/modules/${release}`;
  return [
    { name: 'linux-image-amd64', version, depends: `linux-image-${release} (= ${version})`, files: {} },
    { name: `linux-image-${release}`, version, depends: parts, files: { [`${modules}/vmlinuz`]: bzImage(release) } },
    { name: `linux-modules-${release}`, version, files: { [`${modules}/modules.order`]: '' } },
  ];
}

/** Its loader is a script that says what it was given. */
const LOADER = '#!/bin/sh\necho "$QEMU_MODULE_DIR" "$@"\n';
const QEMU: readonly FakePackage[] = [
  {
    name: 'qemu-system-x86',
    version: '1:5.2-1',
    depends: 'libc6',
    files: { 'usr/bin/qemu-system-x86_64': '', 'usr/share/qemu/rom': '', 'usr/share/doc/long': '' },
  },
  { name: 'libc6', version: '2-1', files: { 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': LOADER } },
];

/** Does not fit on a disk of 1 MiB. */
const BIG: FakePackage = {
  name: 'linux-image-9.0-amd64',
  version: '9-1',
  files: { 'usr/lib/modules/9.0-amd64/vmlinuz': Buffer.alloc(2 ** 21) },
};

function fetched(kind: VersionKind, options: { version?: string; newest?: boolean; archive?: HostArchive } = {}) {
  const { version, newest = false, archive = fake.archive } = options;
  const wanted = { suite: FAKE_SUITE, ...(version !== undefined && { version }) } as const;
  return fetchVersion(kind, wanted, () => undefined, { newest, archive });
}

/** What is in the cache besides package lists. */
async function entries(): Promise<readonly string[]> {
  return (await readdir(cacheRoot())).filter((name) => !name.startsWith('debian-lists-'));
}

/** Lists of the hour are used again; a test does not wait for the next. */
async function dropLists(): Promise<void> {
  for (const name of (await readdir(cacheRoot())).filter((one) => one.startsWith('debian-lists-')))
    await rm(join(cacheRoot(), name), { recursive: true });
}

test('a kernel is fetched with the packages that it is in, and is then used without a network', async () => {
  const first = await fetched(KERNEL);
  expect(first).toMatchObject({
    ok: true,
    value: {
      package: { suite: FAKE_SUITE, name: 'linux-image-9.0-amd64', version: '9-1' },
      packages: [{ name: 'linux-image-9.0-amd64' }, { name: 'linux-modules-9.0-amd64' }],
    },
  });
  const directory = first.ok ? first.value.directory : '';
  expect(await readdir(join(directory, 'boot'))).toEqual(['vmlinuz-9.0-amd64']);
  expect(await readdir(join(directory, 'lib/modules/9.0-amd64'))).toContain('modules.dep');
  await fake.close();
  expect(await fetched(KERNEL)).toEqual(first);
  expect(await fetched(KERNEL, { version: '9-1' })).toEqual(first);
});

test('what was fetched stays until a newer one is asked for, and can be named after that', async () => {
  const old = await fetched(KERNEL);
  await fake.publish(kernel('10.0-amd64', '10-1'));
  await dropLists();
  expect(await fetched(KERNEL)).toEqual(old);
  expect(await fetched(KERNEL, { newest: true })).toMatchObject({ ok: true, value: { package: { version: '10-1' } } });
  expect(await fetched(KERNEL)).toMatchObject({ ok: true, value: { package: { version: '10-1' } } });
  expect(await fetched(KERNEL, { version: '9-1' })).toEqual(old);
  const there = (await fetchedVersions()).map(({ package: { version }, isInUse }) => [version, isInUse]);
  expect(there).toEqual([
    ['10-1', true],
    ['9-1', false],
  ]);
});

test('a version that the suite does not have is refused with those that it has', async () => {
  const refused = await fetched(KERNEL, { version: '8-1' });
  expect(refused).toMatchObject({ ok: false, failure: { kind: 'absent', what: expect.stringContaining('9-1') } });
});

test('a QEMU is started by the loader it came with, and keeps no more than it needs', async () => {
  const qemu = await fetched(QEMU_VERSION);
  const directory = qemu.ok ? qemu.value.directory : '';
  const { stdout } = await execa(join(directory, 'qemu-system-x86_64'), ['-machine', 'a b']);
  const inside = (path: string) => join(directory, path);
  expect(stdout).toBe(
    `${inside('usr/lib/x86_64-linux-gnu/qemu')} --library-path ${inside('lib/x86_64-linux-gnu')} ` +
      `${inside('usr/bin/qemu-system-x86_64')} -L ${inside('usr/share/qemu')} -L ${inside('usr/share/seabios')} -machine a b`,
  );
  expect(await readdir(inside('usr/share'))).toEqual(['qemu']);
});

test.each<[string, () => Promise<HostArchive | undefined>, RegExp]>([
  [
    'a signature by another key',
    async () => ({ ...fake.archive, keyring: await makeKey(join(home, 'others')) }),
    /NO_PUBKEY|not signed/,
  ],
  ['keys that are not there', async () => ({ ...fake.archive, keyring: '/nowhere' }), /\/nowhere/],
  [
    'no network',
    async () => {
      await fake.close();
      return undefined;
    },
    /connect/i,
  ],
  [
    'a suite that has gone',
    async () => {
      fake.missing.add(`/debian/dists/${FAKE_SUITE}/InRelease`);
      return undefined;
    },
    /404|Release/,
  ],
  [
    'a package that has gone from the mirror',
    async () => {
      fake.missing.add('/debian/pool/linux-modules-9.0-amd64_9-1_amd64.deb');
      return undefined;
    },
    /404/,
  ],
])('%s: said in the words of apt, and nothing is left that could be used', async (_, spoil, said) => {
  const archive = await spoil();
  const failed = await fetched(KERNEL, archive ? { archive } : {});
  expect(failed).toMatchObject({ ok: false, failure: { kind: 'unavailable', what: expect.stringMatching(said) } });
  expect(await entries()).toEqual([]);
});

test('of two that want the same at once, one fetches it and the other waits', async () => {
  const [one, other] = await Promise.all([fetched(KERNEL), fetched(KERNEL)]);
  expect(one).toMatchObject({ ok: true });
  expect(other).toEqual(one);
  expect(fake.asked.filter((path) => path.includes('linux-image-9.0-amd64'))).toHaveLength(1);
});

test('a disk that is full: said, and nothing is left that could be used', async ({ skip }) => {
  await fake.publish([
    { name: 'linux-image-amd64', version: '9-1', depends: 'linux-image-9.0-amd64 (= 9-1)', files: {} },
    BIG,
  ]);
  const disk = join(home, 'cache');
  await mkdir(disk, { recursive: true });
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { reject: false });
  if (mounted.failed) return skip('no file system may be mounted here');
  try {
    const failed = await fetched(KERNEL);
    expect(failed).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', what: expect.stringMatching(/no space left on device|enough free space/i) },
    });
    expect(await entries()).toEqual([]);
  } finally {
    await execa('umount', [disk]);
  }
});
