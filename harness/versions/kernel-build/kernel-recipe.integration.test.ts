import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyPatches } from './kernel-recipe.ts';

const SOURCE = ['/* waits */', 'int a;', 'int b;', 'msleep(1000);', 'int c;', 'int d;', ''].join('\n');

/** Replaces the wait; its context is as in SOURCE but for its first line. */
function patchWith(firstLine: string): string {
  return `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Somebody <somebody@example.org>
Date: Sun, 22 Nov 2026 09:00:00 +0000
Subject: [PATCH] Wait less

---
 drivers/wait.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/drivers/wait.c b/drivers/wait.c
--- a/drivers/wait.c
+++ b/drivers/wait.c
@@ -1,6 +1,6 @@
 ${firstLine}
 int a;
 int b;
-msleep(1000);
+msleep(settle_ms);
 int c;
 int d;
`;
}

let tree: string;

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'hotplug-bench-patches-'));
  await mkdir(join(tree, 'drivers'));
  await writeFile(join(tree, 'drivers', 'wait.c'), SOURCE);
});

afterEach(async () => {
  await rm(tree, { recursive: true });
});

test('patches that fit are applied, and leave no other file', async () => {
  const applied = await applyPatches(tree, [{ name: '0001-fits.patch', text: patchWith('/* waits */') }], 'linux 6.1');
  expect(applied).toMatchObject({ ok: true });
  expect(await readFile(join(tree, 'drivers', 'wait.c'), 'utf8')).toContain('msleep(settle_ms);');
  expect(await readdir(join(tree, 'drivers'))).toEqual(['wait.c']);
});

test.each([
  // patch(1) would take this one with a fuzz of 1: without its outermost line of context.
  ['almost fits', patchWith('/* changed */'), 'drivers/wait.c: Hunk #1 FAILED at 1.'],
  ['was made for another file', patchWith('/* waits */').replaceAll('wait.c', 'gone.c'), 'gone.c'],
  ['is none', 'not a patch at all\n', 'Only garbage was found in the patch input'],
])('a patch that %s is named, with what did not fit', async (_, text, expected) => {
  const applied = await applyPatches(tree, [{ name: '0007-odd.patch', text }], 'linux-source-6.1 6.1.192-2');
  expect(applied).toMatchObject({ ok: false });
  if (applied.ok) return;
  expect(applied.failure.what).toContain('0007-odd.patch does not apply to linux-source-6.1 6.1.192-2');
  expect(applied.failure.what).toContain(expected);
  expect(applied.failure.remedy).toContain('harness/versions/kernel-build/patches/0007-odd.patch');
  expect(await readFile(join(tree, 'drivers', 'wait.c'), 'utf8')).toBe(SOURCE);
});

test('a patch that is applied already is refused, not taken back', async () => {
  const patch = { name: '0001-fits.patch', text: patchWith('/* waits */') };
  expect(await applyPatches(tree, [patch, patch], 'linux 6.1')).toMatchObject({ ok: false });
  expect(await readFile(join(tree, 'drivers', 'wait.c'), 'utf8')).toContain('msleep(settle_ms);');
});
