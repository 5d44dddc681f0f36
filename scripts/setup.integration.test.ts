import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/**
 * A checkout of its own with the real scripts, a harness of a few lines, and a PATH with nothing in it but stand-ins
 * for npm, apt-get and sudo that write down how they were called.
 */
let checkout: string;
let calls: string;
let bin: string;

const PROJECT = join(import.meta.dirname, '..');
const ROOT = 0;
const USER = 1000;
const INSTALL = 'apt-get install -y --no-install-recommends qemu-system-x86 gcc cpio dpkg';

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'hotplug-bench-checkout-'));
  calls = join(checkout, 'calls');
  bin = join(checkout, 'bin');
  await cp(join(PROJECT, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  const buildPackages = join('harness', 'versions', 'kernel-build', 'build-packages.json');
  await cp(join(PROJECT, buildPackages), join(checkout, buildPackages));
  await mkdir(bin);
  await write('calls', '');
  await write('tsconfig.json', '{}');
  await write('package.json', '{"name": "hotplug-bench", "type": "module", "engines": {"node": ">=20.20"}}');
  await write('package-lock.json', '{"packages": {"": {}, "node_modules/esbuild": {"version": "1.0.0"}}}');
  await write(
    'harness/cli.ts',
    `export async function main(argv: string[], setup: { ensureHost(needs: object): Promise<object> }): Promise<number> {
       console.log(JSON.stringify(argv.includes('validate') ? argv : await setup.ensureHost({ kernelBuild: false })));
       return 3;
     }`,
  );
  await write(
    'harness/guest/stock-guest.ts',
    `export async function prepareStockGuest() {
       return { ok: true, value: { description: 'a guest' } };
     }`,
  );
  const selfEntries = ['main', 'monitor-observer', 'resource-probe'].map((entry) => `harness/self/${entry}.ts`);
  const historyEntries = ['generate', 'night-thread'].map((entry) => `harness/history/${entry}.ts`);
  for (const file of [
    ...selfEntries,
    ...historyEntries,
    'harness/bisect/main.ts',
    'harness/simulation/main.ts',
    'harness/nightly/main.ts',
    'report/html/browser/main.ts',
  ]) {
    await write(file, 'export {};');
  }
  await tool(
    'npm',
    `/bin/mkdir -p node_modules
     /bin/ln -sfn ${join(PROJECT, 'node_modules', 'esbuild')} node_modules/esbuild
     /bin/cp package-lock.json node_modules/.package-lock.json`,
  );
  await tool(
    'apt-get',
    `case "$*" in *install*) for c in qemu-system-x86_64 gcc cpio dpkg-deb; do /bin/ln -sf /bin/true ${bin}/$c; done;; esac`,
  );
  await tool('sudo', 'exit 1');
});

afterEach(async () => {
  await rm(checkout, { recursive: true, force: true });
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(checkout, dirname(file)), { recursive: true });
  await writeFile(join(checkout, file), text);
}

async function tool(name: string, body: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
  await chmod(join(bin, name), 0o755);
}

function start(script: 'setup' | 'bench', uid: number, parameters: readonly string[] = [], env = {}) {
  return execa(process.execPath, [join(checkout, 'scripts', `${script}.mjs`), ...parameters], {
    env: { PATH: bin, NODE_OPTIONS: `--import=data:text/javascript,process.getuid=()=>${uid}`, ...env },
    extendEnv: false,
    reject: false,
  });
}

async function called(): Promise<string> {
  return readFile(calls, 'utf8');
}

function expectNoStackTrace(stderr: string): void {
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('setup', () => {
  test('on a bare host installs everything, says so on stderr alone, and does nothing the second time', async () => {
    const first = await start('setup', ROOT);
    expect(first).toMatchObject({ exitCode: 0, stdout: '' });
    expect(first.stderr).toContain('installing node_modules: done');
    expect(first.stderr).toContain('bundling the harness: done');
    expect(first.stderr).toContain('installing qemu-system-x86 gcc cpio dpkg: done');
    expect(first.stderr).toContain('ready');
    expect(await called()).toContain('npm ci --include=dev');
    expect(await called()).toContain('install -y --no-install-recommends qemu-system-x86 gcc cpio dpkg\n');

    await write('calls', '');
    const bundled = await stat(join(checkout, 'build', 'cli.js'));
    const second = await start('setup', ROOT);
    expect(second).toMatchObject({ exitCode: 0, stdout: '' });
    expect(second.stderr).not.toContain('installing');
    expect(await called()).toBe('');
    expect((await stat(join(checkout, 'build', 'cli.js'))).mtimeMs).toBe(bundled.mtimeMs);
  });

  test('installs again after npm was cut off half-way, and when package-lock.json has changed', async () => {
    await mkdir(join(checkout, 'node_modules', 'half'), { recursive: true });
    await start('setup', ROOT);
    expect(await called()).toContain('npm ci');

    await write('calls', '');
    await write('package-lock.json', '{"packages": {"": {}, "node_modules/esbuild": {"version": "1.0.1"}}}');
    await start('setup', ROOT);
    expect(await called()).toContain('npm ci');
  });

  test('does not wait for packages of other platforms', async () => {
    await start('setup', ROOT);
    await write('calls', '');
    const other = '"node_modules/other": {"version": "1.0.0", "optional": true}';
    await write('package-lock.json', `{"packages": {"": {}, "node_modules/esbuild": {"version": "1.0.0"}, ${other}}}`);
    await start('setup', ROOT);
    expect(await called()).toBe('');
  });

  test('two at once install once, and both succeed', async () => {
    await tool(
      'npm',
      `/bin/sleep 0.5
       /bin/mkdir node_modules
       /bin/ln -s ${join(PROJECT, 'node_modules', 'esbuild')} node_modules/esbuild
       /bin/cp package-lock.json node_modules/.package-lock.json`,
    );
    const both = await Promise.all([start('bench', USER, ['validate']), start('bench', USER, ['validate'])]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([3, 3]);
    expect((await called()).match(/npm ci/g)).toHaveLength(1);
    expect(both.map(({ stderr }) => stderr).join()).toContain('waiting for another set-up');
  });

  test('without root it names what is missing and the command to type, and exits 4', async () => {
    const { exitCode, stderr } = await start('setup', USER);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('  qemu-system-x86 (qemu-system-x86_64: runs the guests)\n');
    expect(stderr).toContain(`\n  sudo apt-get update && sudo ${INSTALL}`);
    expect(await called()).not.toContain('apt-get');
  });

  test('with passwordless sudo it installs through it', async () => {
    await tool('sudo', 'shift; PATH=$PATH:/bin exec "$@"');
    const { exitCode } = await start('setup', USER);
    expect(exitCode).toBe(0);
    expect(await called()).toMatch(/^sudo -n \/usr\/bin\/env DEBIAN_FRONTEND=noninteractive apt-get .*install/m);
  });

  test('HOTPLUG_BENCH_NO_INSTALL=1 installs nothing, and names everything that is missing at once', async () => {
    const { exitCode, stderr } = await start('setup', ROOT, [], { HOTPLUG_BENCH_NO_INSTALL: '1' });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('npm ci --include=dev');
    expect(stderr).toContain(`\n  apt-get update && ${INSTALL}`);
    expect(await called()).toBe('');
  });

  test('tools that only tests use are installed when asked for, and set-up does without them', async () => {
    await write(
      'scripts/test-packages.json',
      '[{"command": "no-such", "package": "no-such-tools", "why": "tests it"}]',
    );
    const asked = ['--test-tools'];
    expect((await start('setup', ROOT)).stderr).not.toContain('no-such');
    expect((await start('setup', ROOT, asked)).exitCode).toBe(0);
    expect(await called()).toContain('install -y --no-install-recommends no-such-tools\n');

    const env = { HOTPLUG_BENCH_NO_INSTALL: '1' };
    const { exitCode, stderr } = await start('setup', ROOT, asked, env);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('setup: some tests will be left out. Missing on this host:\n  no-such-tools (no-such: ');
  });

  test('an apt that fails is quoted, after a try with fresh package lists', async () => {
    await tool('apt-get', 'case "$*" in *install*) echo "E: Could not get lock" >&2; exit 100;; esac');
    const { exitCode, stderr } = await start('setup', ROOT);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('E: Could not get lock');
    expectNoStackTrace(stderr);
    expect(await called()).toMatch(/apt-get .*update\n.*install/);
  });

  test('an npm that fails is quoted', async () => {
    await tool('npm', 'echo "npm error network" >&2; exit 1');
    const { exitCode, stderr } = await start('setup', ROOT);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('npm error network');
    expectNoStackTrace(stderr);
  });

  test('without npm or apt-get it says so', async () => {
    await rm(join(bin, 'apt-get'));
    expect((await start('setup', ROOT)).stderr).toContain('There is no apt-get here');
    await rm(join(bin, 'npm'));
    await rm(join(checkout, 'node_modules'), { recursive: true });
    const { exitCode, stderr } = await start('setup', ROOT);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('npm ci --include=dev --no-audit --no-fund --loglevel=error: no such command');
  });

  test('a Node that is too old is refused before anything is done', async () => {
    await write('package.json', '{"name": "hotplug-bench", "engines": {"node": ">=99.1"}}');
    const { exitCode, stderr } = await start('setup', ROOT);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`needs Node >=99.1, and this is ${process.versions.node}`);
    expect(await called()).not.toContain('npm');
  });
});

describe('bench', () => {
  test('hands arguments and the exit code through, and asks nothing of the host for it', async () => {
    const { exitCode, stdout } = await start('bench', USER, ['validate', 'a b.yaml']);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('["validate","a b.yaml"]');
    expect(await called()).not.toContain('apt-get');
  });

  test('lends the command what makes sure of the host', async () => {
    expect((await start('bench', ROOT)).stdout).toBe('{"ok":true}');
    expect(await called()).toContain('apt-get');
  });

  test('bundles anew when a source has changed, even to an older date', async () => {
    await start('bench', ROOT);
    await write('harness/cli.ts', 'export const main = async () => 5;');
    await utimes(join(checkout, 'harness', 'cli.ts'), 0, 0);
    expect((await start('bench', ROOT)).exitCode).toBe(5);
  });

  test('a source that is no TypeScript is named with file and line', async () => {
    await write('harness/cli.ts', 'export const main =;');
    const { exitCode, stderr } = await start('bench', ROOT);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('harness/cli.ts:1:19');
    expectNoStackTrace(stderr);
  });
});
