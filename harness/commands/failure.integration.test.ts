import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { identify } from '../qemu/process-identity.ts';
import { LAUNCHER, makeWorld, STACK_TRACE } from './bench-process.ts';

/** A host that does not let a run be written down, and a defect in the harness: how they end. */

test.each([
  ['a file in its place', 'taken', 'EEXIST'],
  ['a file above it', 'taken/results', 'ENOTDIR'],
])('--out with %s: exit 4 before the guest is so much as looked for', async (_, path, code) => {
  const world = makeWorld();
  world.write('taken', '');
  const cache = join(world.directory, 'cache');
  const args = [world.scenario('acpi'), '--out', join(world.directory, path)];
  const { exitCode, stdout, stderr } = await world.bench(args, { env: { XDG_CACHE_HOME: cache } });
  expect(exitCode).toBe(EXIT.hostUnable);
  expect(stderr).toContain(`cannot write results in ${world.directory}/${path}: ${code}`);
  expect(stderr).toContain('--out');
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stdout).toBe('');
  expect(existsSync(cache)).toBe(false);
});

test('--out where the kernel itself refuses it, to root as well: exit 4', async () => {
  const world = makeWorld();
  const { exitCode, stderr } = await world.bench([world.scenario('acpi'), '--out', '/proc/self/results']);
  expect(exitCode).toBe(EXIT.hostUnable);
  expect(stderr).toContain('cannot write results in /proc/self/results: ');
  expect(stderr).not.toMatch(STACK_TRACE);
});

/** A file system that is full after so many bytes, in a mount namespace of the command's own. */
const SMALL = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
const mayMount = spawnSync('unshare', [...SMALL, 'mount -t tmpfs none /mnt']).status === 0;

test.skipIf(!mayMount).each([
  ['as the run directory is made', 8],
  ['early in the run', 48],
  ['later in the run', 120],
])('a disk that is full %s (%d KiB): exit 4, in words, and QEMU is ended', async (_, kibibytes) => {
  const world = makeWorld();
  mkdirSync(world.out);
  const bench = [process.execPath, LAUNCHER, world.scenario('acpi'), '--cycles', '50', '--out', world.out].join(' ');
  const listing = `find ${world.out} -name samples.csv -exec cat {} +; grep -ho '"pid":[0-9]*' -r ${world.out}`;
  const script = `mount -t tmpfs -o size=${kibibytes}k none ${world.out} && ${bench}; echo "exit $?"; ${listing}`;
  const { stdout, stderr } = await world.start('unshare', [...SMALL, script]);
  expect(stdout).toContain(`exit ${EXIT.hostUnable}`);
  expect(stderr).toContain(`cannot write results in ${world.out}: ENOSPC: no space left on device`);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stderr).not.toContain('defect');
  for (const [, pid] of stdout.matchAll(/"pid":(\d+)/g)) expect(identify(Number(pid))).toBeUndefined();
  expect(world.leftovers()).toEqual([]);
});

test('an exception nobody expected: a stack trace and exit 70, but QEMU is ended and its directory removed', async () => {
  const world = makeWorld();
  // Stands for any defect in a handler: it is thrown where nobody waits for it.
  const defect = `process.on('SIGUSR2', () => { throw new Error('planted') })`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(defect)}` };
  const run = world.bench([world.scenario('shpc'), '--out', world.out], { env });
  const qemu = await world.untilPlugging();
  run.kill('SIGUSR2');
  const { exitCode, stderr } = await run;
  expect(exitCode).toBe(EXIT.defect);
  expect(stderr).toContain('This is a defect in hotplug-bench');
  expect(stderr).toMatch(/Error: planted\n +at /);
  expect(world.outcomes()).toContain('boot ok');
  expect(identify(qemu)).toBeUndefined();
  expect(world.leftovers()).toEqual([]);
});

test('a reader that has seen enough is no failure', async () => {
  const world = makeWorld();
  const listed = await world.start('sh', [
    '-c',
    `{ ${process.execPath} ${LAUNCHER} list; echo "exit $?" >&2; } | head -n 0`,
  ]);
  expect(listed.stderr).toContain('exit 0');
  expect(listed.stderr).not.toMatch(STACK_TRACE);
  const all = `${process.execPath} ${LAUNCHER} ${world.scenario('late')} --out ${world.out}`;
  await world.start('sh', ['-c', `{ ${all}; echo "exit $?" > ${world.directory}/code; } 2>&1 | head -n 0`]);
  expect(world.outcomes()).toEqual(['boot timeout', 'plug aborted', 'unplug aborted']);
});

test('standard output that cannot be written is exit 4, in words', async () => {
  const full = openSync('/dev/full', 'w');
  const { exitCode, stderr } = await makeWorld().bench(['list'], { stdout: full });
  closeSync(full);
  expect(exitCode).toBe(EXIT.hostUnable);
  expect(stderr).toContain('cannot write to standard output: ENOSPC');
  expect(stderr).not.toMatch(STACK_TRACE);
});
