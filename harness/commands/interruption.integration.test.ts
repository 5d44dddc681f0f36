import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { identify } from '../qemu/process-identity.ts';
import { GUEST_TIMEOUT_MS, makeWorld, STACK_TRACE, type World } from './bench-process.ts';

/** A run that is stopped in the middle of a plug of six seconds. What was measured is kept, and nothing is left behind. */

function expectTidyEnd(world: World, qemu: number): void {
  expect(world.outcomes()).toEqual(['boot ok', 'plug aborted']);
  expect(JSON.parse(world.read('run.json')).status).toBe('partial');
  expect(identify(qemu)).toBeUndefined();
  expect(world.leftovers()).toEqual([]);
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s: exit 130', async (signal) => {
  const world = makeWorld();
  const run = world.bench([world.scenario('shpc'), '--out', world.out]);
  const qemu = await world.untilPlugging();
  run.kill(signal);
  const { exitCode, stdout, stderr } = await run;
  expect(exitCode).toBe(EXIT.interrupted);
  expect(stdout).toContain('interrupted: what was measured until then is kept');
  expect(stdout).toMatch(/^shpc +boot +1 +1 +\d+ /m);
  expect(stderr).not.toMatch(STACK_TRACE);
  expectTidyEnd(world, qemu);
});

test('Ctrl-C under npm, where npm passes on what the terminal has sent to both: exit 130 all the same', async () => {
  const world = makeWorld();
  const run = world.npm([world.scenario('shpc'), '--out', world.out], { detached: true });
  const qemu = await world.untilPlugging();
  process.kill(-Number(run.pid), 'SIGINT');
  expect((await run).exitCode).toBe(EXIT.interrupted);
  expectTidyEnd(world, qemu);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s to npm alone, as a supervisor sends it: exit 130', async (signal) => {
  const world = makeWorld();
  const run = world.npm([world.scenario('shpc'), '--out', world.out]);
  const qemu = await world.untilPlugging();
  run.kill(signal);
  expect((await run).exitCode).toBe(EXIT.interrupted);
  expectTidyEnd(world, qemu);
});

test('SIGKILL: finished samples are kept, and the next start ends the QEMU that was left and says so', async () => {
  const world = makeWorld();
  const scenario = world.scenario('shpc');
  const run = world.bench([scenario, '--out', world.out]);
  const qemu = await world.untilPlugging();
  run.kill('SIGKILL');
  await run;
  expect(world.outcomes()).toEqual(['boot ok']);
  expect(identify(qemu)).toBeDefined();
  expect(world.leftovers()).toHaveLength(1);

  const next = await world.bench([scenario, '--dry-run']);
  expect(next.exitCode).toBe(EXIT.ok);
  expect(next.stderr).toMatch(
    new RegExp(`^an earlier run left \\S*qemu-system-x86_64 behind \\(process ${qemu}\\): ended it$`, 'm'),
  );
  expect(identify(qemu)).toBeUndefined();
  expect(world.leftovers()).toEqual([]);
});

test('SIGTERM while the guest is still being fetched: exit 130, and the download ends with it', async () => {
  const world = makeWorld();
  const bin = join(world.directory, 'bin');
  mkdirSync(bin);
  // A download that never ends, started by a cache that is empty.
  const started = join(world.directory, 'apt-cache.pid');
  chmodSync(world.write('bin/apt-cache', `#!/bin/sh\necho $$ > ${started}\nexec sleep 600\n`), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, XDG_CACHE_HOME: join(world.directory, 'cache') };
  const run = world.bench([world.scenario('acpi'), '--out', world.out], { env });
  const download = await vi.waitFor(() => Number(/^\d+\n/.exec(readFileSync(started, 'utf8'))?.[0]), {
    timeout: GUEST_TIMEOUT_MS,
  });
  run.kill('SIGTERM');
  const { exitCode, stderr } = await run;
  expect(exitCode).toBe(EXIT.interrupted);
  expect(stderr).toContain('nothing was measured');
  await vi.waitFor(() => expect(identify(download)).toBeUndefined());
  expect(world.runs()).toEqual([]);
  expect(world.leftovers()).toEqual([]);
});
