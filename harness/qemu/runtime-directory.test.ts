import { chmod, chown, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runtimePlace } from './fixtures/runtime-place.ts';
import { baseDirectories, makeBaseDirectory } from './runtime-directory.ts';

const { parent, base } = runtimePlace();
const asRoot = process.getuid?.() === 0;

test('makes a private directory in XDG_RUNTIME_DIR, and takes it again the next time', async () => {
  expect(await makeBaseDirectory()).toEqual({ ok: true, value: base() });
  expect((await lstat(base())).mode & 0o777).toBe(0o700);
  expect(await makeBaseDirectory()).toEqual({ ok: true, value: base() });
});

test.each([
  ['missing', () => join(parent(), 'missing')],
  ['a file', () => '/proc/version'],
  ['relative', () => 'here'],
  ['too long for the path of a socket', () => join(parent(), 'x'.repeat(60))],
])('passes over an XDG_RUNTIME_DIR that is %s', async (_, place) => {
  vi.stubEnv('XDG_RUNTIME_DIR', place());
  if (place().length > 60) await mkdir(place());
  expect(await makeBaseDirectory()).toEqual({ ok: true, value: base() });
});

test('leftovers are looked for in every place', () => {
  vi.stubEnv('XDG_RUNTIME_DIR', '/run/user/1');
  const name = `hotplug-bench-${process.getuid?.()}`;
  expect(baseDirectories()).toEqual([`/run/user/1/${name}`, `${parent()}/${name}`, `/tmp/${name}`]);
});

test.each([
  ['is a symbolic link', async () => symlink(await elsewhere(), base())],
  ['is not a directory', () => writeFile(base(), '')],
  ['has mode 0755', async () => chmod(await made(), 0o755)],
  ['has mode 0770', async () => chmod(await made(), 0o770)],
])('refuses a directory that %s', async (danger, prepare) => {
  await prepare();
  await expectRefusal(danger);
});

test.runIf(asRoot)('refuses a directory of another user', async () => {
  await chown(await made(), 65534, 65534);
  await expectRefusal('belongs to user 65534');
});

async function elsewhere(): Promise<string> {
  const directory = join(parent(), 'elsewhere');
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

async function made(): Promise<string> {
  await mkdir(base(), { mode: 0o700 });
  return base();
}

async function expectRefusal(danger: string): Promise<void> {
  const refused = await makeBaseDirectory();
  expect(refused).toMatchObject({ ok: false, failure: { directory: base() } });
  if (!refused.ok) expect(refused.failure.message).toContain(`${base()} ${danger}. Expected a directory of user`);
}
