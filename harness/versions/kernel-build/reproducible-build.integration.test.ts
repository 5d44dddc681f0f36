import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUILT_FILES, buildKernel, buildPatchedKernel } from './build-kernel.ts';
import { debianSource } from './debian-source.ts';
import { readRecipe } from './kernel-recipe.ts';

const BUILDS_TIMEOUT_MS = 80 * 60_000;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotplug-bench-second-build-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Takes minutes, so only on request; what it would find out changes with the kernel's source and the recipe only. */
test.runIf(process.env.HOTPLUG_BENCH_BUILD_TWICE === '1')(
  'a build in another directory, with another environment, killed half-way and gone on with, gives the same bytes',
  async () => {
    const first = await buildPatchedKernel(console.error);
    const source = await debianSource({ suite: 'bookworm' }, console.error);
    if (!first.ok || !source.ok) throw new Error('there is no first build');
    const recipe = await readRecipe(true, source.value.version);
    const place = { directory: join(directory, 'built'), tree: join(directory, 'tree') };
    await mkdir(place.directory);
    process.env.KCFLAGS = '-DSOMETHING_ELSE';
    const killed = buildKernel(source.value, recipe, place, console.error);
    await killHalfWay(place.tree);
    expect(await killed).toMatchObject({ ok: false });
    const reports: string[] = [];
    const second = await buildKernel(source.value, recipe, place, (text) => reports.push(text));
    delete process.env.KCFLAGS;
    expect(second).toMatchObject({ ok: true });
    expect(reports.filter((text) => text.includes('from the beginning'))).toEqual([]);
    expect(reports[0]).toContain('going on');
    expect(await sha256(join(place.directory, BUILT_FILES.image))).toBe(await sha256(first.value.image));
  },
  BUILDS_TIMEOUT_MS,
);

/** Enough of the build's 1400 files for it to have made checkpoints, and to have something left to do. */
const HALF_WAY_FILES = 700;

/** All programs of the build at once, as when a container or a machine is ended. */
async function killHalfWay(tree: string): Promise<void> {
  for (;;) {
    const found = await execa('find', [tree, '-name', '*.o'], { reject: false, lines: true });
    if (found.stdout.length >= HALF_WAY_FILES) break;
    await sleep(500);
  }
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const where = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (where.startsWith(`${tree}/`)) process.kill(Number(pid), 'SIGKILL');
  }
}

async function sha256(path: string): Promise<string> {
  const content = await readFile(path);
  return createHash('sha256').update(content).digest('hex');
}
