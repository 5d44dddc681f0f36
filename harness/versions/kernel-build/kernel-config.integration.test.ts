import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { debianSource } from './debian-source.ts';
import { configureKernel } from './kernel-config.ts';
import { applyPatches, readRecipe } from './kernel-recipe.ts';
import { runMake } from './run-make.ts';

const DOWNLOAD_TIMEOUT_MS = 20 * 60_000;

let tree: string;
let version: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'hotplug-bench-linux-'));
  const source = await debianSource({ suite: 'bookworm' }, console.error);
  if (!source.ok) throw new Error(source.failure.what);
  version = source.value.version;
  await execa('tar', ['-xf', source.value.archive, '-C', tree, '--strip-components=1']);
}, DOWNLOAD_TIMEOUT_MS);

afterAll(async () => {
  await rm(tree, { recursive: true, force: true });
});

test('an option that Kconfig drops is named', async () => {
  const configured = await configureKernel(tree, 'CONFIG_64BIT=y\nCONFIG_SUCH_AS_THERE_IS_NONE=y\n');
  expect(configured).toMatchObject({ ok: false });
  if (configured.ok) return;
  expect(configured.failure.what).toMatch(/kernel\.config asks for:\n {2}CONFIG_SUCH_AS_THERE_IS_NONE=y: not/);
});

test('a source that does not compile is a failure that quotes the compiler', async () => {
  const context = ' // SPDX-License-Identifier: GPL-2.0-only\n /*\n  *  linux/init/main.c\n';
  const text = `--- a/init/main.c\n+++ b/init/main.c\n@@ -1,3 +1,4 @@\n+#error what a pity\n${context}`;
  expect(await applyPatches(tree, [{ name: '0001-pity.patch', text }], 'linux')).toMatchObject({ ok: true });
  const { fragment } = await readRecipe(true, version);
  expect(await configureKernel(tree, fragment)).toMatchObject({ ok: true });

  const compiled = await runMake(tree, 'init/main.o');
  expect(compiled).toMatchObject({ ok: false });
  if (compiled.ok) return;
  expect(compiled.failure.what).toMatch(/make init\/main\.o` of the guest kernel failed[\s\S]*what a pity/);
});
