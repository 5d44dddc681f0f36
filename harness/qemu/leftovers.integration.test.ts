import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { runtimePlace } from './fixtures/runtime-place.ts';
import { cleanLeftovers } from './leftovers.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

runtimePlace();
/** Inside the checkout, where the bundle finds its packages. */
const bundleDirectory = join(projectRoot, 'build', `leftovers-test-${process.pid}`);
const bundle = join(bundleDirectory, 'registry-owner.mjs');

beforeAll(async () => {
  await mkdir(bundleDirectory, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures', 'registry-owner.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
});

afterAll(() => rm(bundleDirectory, { recursive: true, force: true }));

/** A harness in a process of its own that has started `command`. */
async function owner(command: string, args: readonly string[]) {
  const harness = execa('node', [bundle, command, ...args], { reject: false, stdin: 'pipe' });
  onTestFinished(async () => {
    harness.kill('SIGKILL');
    await harness;
  });
  const [line] = await once(harness.stdout, 'data');
  const { directory, pid } = JSON.parse(line.toString());
  const child = identify(pid);
  if (!child) throw new Error(`${command} is not running`);
  onTestFinished(() => endIfRunning(child));
  return { harness, directory: String(directory), child };
}

function endIfRunning({ pid, startTicks }: ProcessIdentity): void {
  if (identify(pid)?.startTicks === startTicks) process.kill(pid, 'SIGKILL');
}

const sleep: [string, string[]] = ['sleep', ['600']];
const qemu: [string, string[]] = [
  'qemu-system-x86_64',
  ['-machine', 'q35,accel=tcg', '-S', '-nodefaults', '-display', 'none', '-sandbox', 'on,spawn=deny'],
];

test.each([sleep, qemu])('after SIGKILL of the harness the next start ends its %s', async (command, args) => {
  const dead = await owner(command, args);
  const living = await owner(...sleep);
  dead.harness.kill('SIGKILL');
  await dead.harness;
  expect(identify(dead.child.pid), 'it outlives its harness').toEqual(dead.child);

  expect(await cleanLeftovers()).toContainEqual({ kind: 'process', pid: dead.child.pid, command, killed: true });
  expect(identify(dead.child.pid)).toBeUndefined();
  expect(existsSync(dead.directory)).toBe(false);

  expect(identify(living.child.pid), 'another harness keeps its processes').toEqual(living.child);
  expect(existsSync(living.directory)).toBe(true);
});

test('a harness that ends by an exception takes its processes with it', async () => {
  const { harness, child } = await owner(...sleep);
  harness.stdin.write('\n');
  expect(await harness).toMatchObject({ exitCode: 1 });
  await vi.waitFor(() => expect(identify(child.pid)).toBeUndefined());
});
