import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

/** A process that builds one entry slowly, and says on stdout what it did and was told. */
const BUILDER = `
  import { appendFile, writeFile } from 'node:fs/promises';
  import { join } from 'node:path';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { cacheEntry } from './cache.ts';

  const [log, durationMs] = process.argv.slice(2);
  const result = await cacheEntry(
    'entry',
    async (directory) => {
      await writeFile(join(directory, 'first'), 'half');
      await appendFile(log, 'fill ');
      await sleep(Number(durationMs));
      await writeFile(join(directory, 'second'), String(process.pid));
      return { ok: true, value: undefined };
    },
    (text) => console.log('report: ' + text),
  );
  console.log(JSON.stringify(result));
`;

/** A uid that owns nothing; Debian's nobody. */
const NOBODY = 65534;

let program: string;
let home: string;
let log: string;

beforeAll(async () => {
  program = join(await mkdtemp(join(tmpdir(), 'hotplug-bench-builder-')), 'builder.mjs');
  const stdin = { contents: BUILDER, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: program });
  await chmod(join(program, '..'), 0o755);
});

afterAll(async () => {
  await rm(join(program, '..'), { recursive: true, force: true });
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-cache-'));
  log = join(home, 'log');
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

function start(durationMs: number, asNobody = false) {
  return execa(process.execPath, [program, log, String(durationMs)], {
    env: { XDG_CACHE_HOME: home },
    ...(asNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
}

function outcome(stdout: string): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function entryFiles(): Promise<readonly string[]> {
  return (await readdir(join(home, 'hotplug-bench', 'entry'))).sort();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('of processes that start together one builds, and all use the same whole entry', async () => {
  const outputs = await Promise.all(Array.from({ length: 5 }, () => start(300)));
  for (const { stdout } of outputs) {
    expect(outcome(stdout)).toEqual({ ok: true, value: join(home, 'hotplug-bench', 'entry') });
  }
  expect(await readFile(log, 'utf8')).toBe('fill ');
  expect(await entryFiles()).toEqual(['first', 'second']);
  expect(await readdir(join(home, 'hotplug-bench'))).toEqual(['entry']);
});

test('a process that waits says for whom', async () => {
  const builder = start(1000);
  await until(() => existsSync(log));
  const { stdout } = await start(0);
  expect(stdout).toContain(`report: waiting for process ${builder.pid} on `);
  await builder;
});

test('after a SIGKILL half-way the next start builds it again and leaves nothing of the first', async () => {
  const victim = start(600_000);
  await until(() => existsSync(log));
  victim.kill('SIGKILL');
  await victim.catch(() => undefined);
  expect(await readdir(join(home, 'hotplug-bench'))).toEqual(['entry.building']);

  const { stdout } = await start(0);
  expect(outcome(stdout)).toMatchObject({ ok: true });
  expect(await entryFiles()).toEqual(['first', 'second']);
  expect(await readdir(join(home, 'hotplug-bench'))).toEqual(['entry']);
});

test('processes that wait for one that is killed agree on one successor', async () => {
  const victim = start(600_000);
  await until(() => existsSync(log));
  const waiting = Array.from({ length: 4 }, () => start(200));
  await sleep(500);
  victim.kill('SIGKILL');
  await victim.catch(() => undefined);
  for (const { stdout } of await Promise.all(waiting)) expect(outcome(stdout)).toMatchObject({ ok: true });
  expect(await readFile(log, 'utf8')).toBe('fill fill ');
  expect(await readdir(join(home, 'hotplug-bench'))).toEqual(['entry']);
});

test('what a killed process left in the image of a container does not keep others from building', async ({ skip }) => {
  const layers = await mkdtemp(join(tmpdir(), 'hotplug-bench-layers-'));
  for (const name of ['upper', 'work']) await mkdir(join(layers, name));
  const victim = start(600_000);
  await until(() => existsSync(log));
  victim.kill('SIGKILL');
  await victim.catch(() => undefined);
  const lower = join(layers, 'lower');
  await rename(home, lower);
  await mkdir(home);
  // A layer cannot be on an overlay itself.
  const options = `lowerdir=${lower},upperdir=${join(layers, 'upper')},workdir=${join(layers, 'work')},redirect_dir=off`;
  const mounted = await execa('mount', ['-t', 'overlay', '-o', options, 'overlay', home], { reject: false });
  try {
    if (mounted.failed) return skip('no overlay may be mounted here');
    const { stdout } = await start(0);
    expect(outcome(stdout)).toMatchObject({ ok: true });
    expect(await readdir(join(home, 'hotplug-bench'))).toEqual(['entry']);
  } finally {
    await execa('umount', [home], { reject: false });
    await rm(layers, { recursive: true, force: true });
  }
});

test('a directory that may not be written is a named failure', async () => {
  await chmod(home, 0o555);
  const { stdout } = await start(0, true);
  expect(outcome(stdout)).toMatchObject({
    ok: false,
    failure: {
      kind: 'no-access',
      what: expect.stringContaining(home),
      remedy: expect.stringContaining('XDG_CACHE_HOME'),
    },
  });
});
