import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GuestKernel } from '../versions/guest-kernel.ts';
import { copyModules } from './kernel-modules.ts';

const COMPRESSORS = [
  ['gzip', 'gz'],
  ['xz', 'xz'],
  ['zstd', 'zst'],
] as const;

let directory: string;
let copies: string;
let kernel: GuestKernel;

/** A modules directory with files that hold their own names, and a modprobe that says what `answers` has for a module. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotplug-bench-modules-test-'));
  copies = join(directory, 'copies');
  await mkdir(copies);
  await mkdir(join(directory, 'answers'));
  await mkdir(join(directory, 'own', 'kernel'), { recursive: true });
  for (const name of ['a', 'b', 'c']) await writeFile(join(directory, 'own', 'kernel', `${name}.ko`), name);
  // Called as: -C /dev/null -d <root> -S <release> --show-depends -- <module>
  const modprobe = `#!/bin/sh
    [ -e ${directory}/answers/$9 ] || { echo "modprobe: FATAL: Module $9 not found in directory $4" >&2; exit 1; }
    sed "s#ROOT#$4/lib/modules/$6#" ${directory}/answers/$9`;
  await writeFile(join(directory, 'modprobe'), modprobe);
  await chmod(join(directory, 'modprobe'), 0o755);
  vi.stubEnv('PATH', `${directory}:${process.env.PATH}`);
  kernel = { image: '', release: '6.1.0', identity: '', description: '', modulesDirectory: join(directory, 'own') };
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

async function answer(module: string, ...lines: readonly string[]): Promise<void> {
  await writeFile(join(directory, 'answers', module), `${lines.join('\n')}\n`);
}

test('copies each module once, dependencies first, without their options, and what is built in not at all', async () => {
  await answer('b', 'builtin core', 'insmod ROOT/kernel/a.ko ', 'insmod ROOT/kernel/b.ko debug=1 name=x');
  await answer('c', 'insmod ROOT/kernel/a.ko ', 'insmod ROOT/kernel/c.ko ');
  await answer('d', 'builtin d');
  expect(await copyModules(kernel, ['b', 'c', 'd'], copies)).toEqual({
    ok: true,
    value: ['a.ko', 'b.ko', 'c.ko', 'order'],
  });
  expect(await readFile(join(copies, 'order'), 'utf8')).toBe('a.ko\nb.ko\nc.ko\n');
  expect(await readFile(join(copies, 'b.ko'), 'utf8')).toBe('b');
});

test('a module that the kernel does not have is a failure that names it', async () => {
  const failure = { what: 'Kernel 6.1.0 has no module nope, and it is not built in.', remedy: expect.any(String) };
  expect(await copyModules(kernel, ['nope'], copies)).toEqual({ ok: false, failure });
});

test('a kernel without a modules directory has everything built in', async () => {
  const { modulesDirectory: _, ...monolith } = kernel;
  expect(await copyModules(monolith, ['nope'], copies)).toEqual({ ok: true, value: ['order'] });
});

test.each(COMPRESSORS)('modules compressed with %s are made plain', async (compressor, suffix) => {
  const present = await execa(compressor, ['--version'], { reject: false });
  if (present.failed) return;
  await execa(compressor, [join(directory, 'own', 'kernel', 'a.ko')]);
  await answer('a', `insmod ROOT/kernel/a.ko.${suffix} `);
  expect(await copyModules(kernel, ['a'], copies)).toEqual({ ok: true, value: ['a.ko', 'order'] });
  expect(await readFile(join(copies, 'a.ko'), 'utf8')).toBe('a');
  expect(await readdir(copies)).toEqual(['a.ko', 'order']);
});

test('a damaged compressed module is a failure that names it', async () => {
  await writeFile(join(directory, 'own', 'kernel', 'a.ko.gz'), 'not compressed at all');
  await answer('a', 'insmod ROOT/kernel/a.ko.gz ');
  expect(await copyModules(kernel, ['a'], copies)).toMatchObject({
    ok: false,
    failure: { remedy: expect.stringContaining('a.ko.gz') },
  });
});
