import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, test } from 'vitest';
import { SUITE_NAMES } from '../suites.ts';
import { debianSource } from './debian-source.ts';
import { applyPatches, readRecipe } from './kernel-recipe.ts';

/** A source is some 150 MB, and unpacking it takes a processor ten seconds. */
const FETCH_TIMEOUT_MS = 20 * 60_000;

/** All that the patches change; the whole source is ten times as much work. */
const CHANGED_FILES = ['*/drivers/pci/hotplug', '*/Documentation/admin-guide/kernel-parameters.txt'];

let tree: string;

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'hotplug-bench-source-'));
});

afterEach(async () => {
  await rm(tree, { recursive: true });
});

test.for(SUITE_NAMES)(
  'the patches apply to the source of %s',
  { timeout: FETCH_TIMEOUT_MS },
  async (suite, context) => {
    const source = await debianSource({ suite }, (text) => console.error(text));
    if (!source.ok) return context.skip(`${suite}: ${source.failure.what}`);
    const { archive, version, package: name } = source.value;
    await execa('tar', ['-xf', archive, '-C', tree, '--strip-components=1', '--wildcards', ...CHANGED_FILES]);
    const applied = await applyPatches(tree, (await readRecipe(true, version)).patches, `${name} ${version}`);
    if (!applied.ok) throw new Error(applied.failure.what);
    console.log(`${suite}: ${name} ${version}`);
  },
);
