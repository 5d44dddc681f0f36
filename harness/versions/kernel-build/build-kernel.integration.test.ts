import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readKernelImage } from '../kernel-image.ts';
import { type BuiltKernel, buildPatchedKernel } from './build-kernel.ts';
import { lostOptions } from './kernel-config.ts';
import { readRecipe } from './kernel-recipe.ts';
import { kernelHasParameter, knownWaitParameters } from './wait-parameters.ts';

/** From an empty cache: a download of 139 MB and a build of some minutes, on a busy machine with few CPUs. */
const BUILD_TIMEOUT_MS = 40 * 60_000;

let kernel: BuiltKernel;

beforeAll(async () => {
  const built = await buildPatchedKernel((text) => console.error(text));
  if (!built.ok) throw new Error(`${built.failure.what}\n${built.failure.remedy}`);
  kernel = built.value;
}, BUILD_TIMEOUT_MS);

test('the kernel is a bzImage of the release it says', async () => {
  expect(isAbsolute(kernel.image)).toBe(true);
  expect(await readKernelImage(kernel.image)).toMatchObject({ ok: true, value: { release: kernel.release } });
  expect(kernel.release).toMatch(/^6\.1\.\d+-hotplug-bench$/);
  expect(kernel.description).toMatch(/^linux-source-6\.1 6\.1\.\d+-\d+.* \+ hotplug-bench patches$/);
});

test('it has the wait parameters, and says so by itself and when the image is asked', async () => {
  expect(kernel.parameters).toEqual(expect.arrayContaining([...knownWaitParameters, 'shpchp.shpchp_debug']));
  for (const parameter of knownWaitParameters) expect(await kernelHasParameter(kernel, parameter)).toBe('yes');
  expect(await kernelHasParameter(kernel, 'pciehp.patience_ms')).toBe('no');
});

test('its configuration is what was asked for', async () => {
  const { fragment } = await readRecipe(true, kernel.release);
  expect(lostOptions(fragment, await readFile(`${dirname(kernel.image)}/config`, 'utf8'))).toEqual([]);
});

test('nothing of the build is left but the kernel and what is known of it', async () => {
  expect((await readdir(dirname(kernel.image))).sort()).toEqual(['bzImage', 'config', 'kernel.json']);
});

test('a second start with the same inputs builds nothing', async () => {
  const before = await stat(kernel.image);
  const reports: string[] = [];
  const again = await buildPatchedKernel((text) => reports.push(text));
  expect(again).toEqual({ ok: true, value: kernel });
  expect(reports).toEqual([]);
  expect((await stat(kernel.image)).mtimeMs).toBe(before.mtimeMs);
});
