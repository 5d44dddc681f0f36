import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildPatchedKernel } from '../patched-kernel.ts';
import { BUILT_FILES, buildKernel } from './build-kernel.ts';
import { readRecipe } from './kernel-recipe.ts';
import { linuxSource } from './kernel-source.ts';

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
  'a build in another directory, with another environment, gives the same bytes',
  async () => {
    const first = await buildPatchedKernel(console.error);
    const source = await linuxSource(console.error);
    if (!first.ok || !source.ok) throw new Error('there is no first build');
    process.env.KCFLAGS = '-DSOMETHING_ELSE';
    const second = await buildKernel(
      source.value,
      await readRecipe(true, source.value.version),
      directory,
      console.error,
    );
    delete process.env.KCFLAGS;
    expect(second).toMatchObject({ ok: true });
    expect(await sha256(join(directory, BUILT_FILES.image))).toBe(await sha256(first.value.image));
  },
  BUILDS_TIMEOUT_MS,
);

async function sha256(path: string): Promise<string> {
  const content = await readFile(path);
  return createHash('sha256').update(content).digest('hex');
}
