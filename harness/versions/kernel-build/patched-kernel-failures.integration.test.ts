import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../project-root.ts';
import { buildKernel, buildPatchedKernel } from './build-kernel.ts';
import { debianSource, type LinuxSource } from './debian-source.ts';
import { readRecipe } from './kernel-recipe.ts';

const DOWNLOAD_TIMEOUT_MS = 20 * 60_000;
const silent = () => undefined;

let source: LinuxSource;
let home: string;

beforeAll(async () => {
  const fetched = await debianSource({ suite: 'bookworm' }, console.error);
  if (!fetched.ok) throw new Error(fetched.failure.what);
  source = fetched.value;
}, DOWNLOAD_TIMEOUT_MS);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-kernel-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

test('without a compiler, nothing is downloaded, and everything that is missing is named', async () => {
  vi.stubEnv('XDG_CACHE_HOME', home);
  vi.stubEnv('PATH', '');
  const built = await buildPatchedKernel(silent);
  expect(built).toMatchObject({ ok: false });
  if (built.ok) return;
  expect(built.failure.what).toMatch(/gcc: gcc compiles the kernel[\s\S]*flex: flex/);
  expect(built.failure.remedy).toMatch(/^Install them: sudo apt-get install .*gcc/);
  expect(await readdir(home)).toEqual([]);
});

test('a source archive that is cut off is a failure, not half a kernel', async () => {
  const archive = join(home, 'cut.tar.xz');
  await execa('head', ['-c', '5000000', source.archive], { stdout: { file: archive } });
  const place = { directory: join(home, 'build'), tree: join(home, 'tree') };
  await mkdir(place.directory);
  const recipe = await readRecipe(true, source.version);
  const built = await buildKernel({ ...source, archive }, recipe, place, silent);
  expect(built).toMatchObject({ ok: false });
  if (!built.ok) expect(built.failure.what).toMatch(/tar -xf .*cut\.tar\.xz.* failed/);
  expect((await readdir(home)).sort()).toEqual(['build', 'cut.tar.xz']);
});

test('a directory in which kernels cannot be built is refused before anything is unpacked', async () => {
  const directory = join(home, 'my cache');
  await mkdir(directory);
  const place = { directory, tree: join(home, 'tree') };
  const built = await buildKernel(source, await readRecipe(true, source.version), place, silent);
  expect(built).toMatchObject({ ok: false });
  if (!built.ok) expect(built.failure.what).toContain('refuses paths with spaces');
  expect(await readdir(directory)).toEqual([]);
});

describe('a download', () => {
  let proxy: Server;

  beforeEach(async () => {
    // Promises a package's worth and hangs up.
    proxy = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 139_000_000 });
      response.write(Buffer.alloc(100_000), () => response.destroy());
    });
    proxy.on('connect', (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    proxy.close();
  });

  test('that is cut off is a failure that leaves nothing', async () => {
    const { port } = proxy.address() as AddressInfo;
    const settings = join(home, 'apt.conf');
    const proxyUrl = `http://127.0.0.1:${port}`;
    await writeFile(
      settings,
      `Acquire::Retries "0"; Acquire::http::Proxy "${proxyUrl}"; Acquire::https::Proxy "${proxyUrl}";`,
    );
    vi.stubEnv('APT_CONFIG', settings);
    vi.stubEnv('XDG_CACHE_HOME', home);
    const built = await buildPatchedKernel(silent);
    expect(built).toMatchObject({ ok: false });
    if (!built.ok) expect(built.failure.remedy).toContain('Check the network');
    expect(await readdir(join(home, 'hotplug-bench'))).toEqual([]);
  });
});

describe('a build that is stopped', () => {
  /** Builds the patched kernel and prints its progress. */
  const BUILDER = `
    import { buildPatchedKernel } from './build-kernel.ts';
    console.log(JSON.stringify(await buildPatchedKernel((text) => console.log(text))));
  `;
  let program: string;

  beforeEach(async () => {
    // In the checkout: the harness finds its patches from where it is.
    await mkdir(join(projectRoot, 'build'), { recursive: true });
    program = join(await mkdtemp(join(projectRoot, 'build', 'test-')), 'builder.mjs');
    const stdin = { contents: BUILDER, resolveDir: import.meta.dirname, loader: 'ts' } as const;
    const banner = {
      js: `import { createRequire as createRequireForTest } from 'node:module';
        const require = createRequireForTest(import.meta.url);`,
    };
    await build({ stdin, banner, bundle: true, platform: 'node', format: 'esm', outfile: program });
  });

  afterEach(async () => {
    await rm(dirname(program), { recursive: true });
  });

  test('by SIGINT, SIGTERM or SIGKILL leaves no process and no kernel, but a tree to go on with', async () => {
    await Promise.all((['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map(stopBuild));
  });

  async function stopBuild(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const cache = join(home, signal, 'hotplug-bench');
    await mkdir(cache, { recursive: true });
    const entry = dirname(source.archive);
    await symlink(entry, join(cache, basename(entry)));
    await symlink(basename(entry), join(cache, 'debian-source-bookworm'));
    const builder = execa(process.execPath, [program], { env: { XDG_CACHE_HOME: dirname(cache) }, reject: false });
    let said = '';
    builder.stdout.on('data', (text) => {
      said += text;
    });
    // Far enough for the build to go on for minutes if nobody stopped it.
    await until(async () => said.includes('compiling') && (await processesIn(cache)).includes('cc1'));
    builder.kill(signal);
    expect(await builder).toMatchObject({ signal });
    await until(async () => (await processesIn(cache)).length === 0);
    const left = (await readdir(cache)).filter((name) => name.startsWith('kernel-')).map((name) => extname(name));
    expect(left.sort()).toEqual(['.building', '.tree']);
  }
});

/** Names of the processes that work in a directory below this one. */
async function processesIn(directory: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const where = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (!where.startsWith(`${directory}/`)) continue;
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
    names.push(program.split('/').at(-1) ?? '');
  }
  return names;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}
