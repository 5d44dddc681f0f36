import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { makeWorld, STACK_TRACE, type World } from './bench-process.ts';

/** Runs that are stopped in every way and gone on with: in the end every planned sample is there, and none twice. */

const KILLS = 10;
/** A boot of the small guest in virtual time takes about 2 s, and the start of the harness 0.3 s. */
const LONGEST_LIFE_MS = 6000;
/** An end that hangs. */
const BEGUN_WITHIN_MS = 300_000;
const SEED = 20;

const BOOTS = 4;
const PLANNED = ['quick 1', 'quick 2', 'quick 3', 'quick 4'].flatMap((boot) =>
  ['boot', 'plug', 'unplug'].map((operation) => `${boot} ${operation}`),
);

function scenario(world: World): string {
  const text = [
    'name: kills',
    `defaults: { topology: shpc-bridge, clock: virtual, guest: { kernel: patched, cpus: 1 }, sampling: { boots: ${BOOTS}, cycles: 1, warmup: 0 } }`,
    'variants: { quick: {} }',
    'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
    '',
  ];
  return world.write('kills.yaml', text.join('\n'));
}

function rows(world: World, file: string): readonly Record<string, string>[] {
  return parse(world.read(file), { columns: true });
}

function expectPlannedSamples(world: World): void {
  const named = ({ variant, boot, operation }: Record<string, string>) => `${variant} ${boot} ${operation}`;
  const samples = rows(world, 'samples.csv');
  expect(samples.map(named).toSorted()).toEqual(PLANNED);
  expect(samples.map(({ outcome }) => outcome)).toEqual(PLANNED.map(() => 'ok'));
  expect(samples.map(({ order }) => Number(order))).toEqual(PLANNED.map((_, index) => index + 1));
  const phases = rows(world, 'phases.csv');
  expect([...new Set(phases.map(named))].toSorted()).toEqual(PLANNED);
  const places = phases.map((row) => `${named(row)} ${row.phase} ${row.start_ms}`);
  expect(new Set(places).size).toBe(places.length);
}

test('SIGKILL at ten moments of its life, gone on with each time', { timeout: 600_000 }, async () => {
  const world = makeWorld();
  const fresh = [scenario(world), '--out', world.out, '--seed', '1'];
  const latest = join(world.out, 'latest');
  const begin = () => world.bench(world.read('run.json') === '' ? fresh : ['--resume', latest]);
  const random = seededRandom(SEED);
  for (let kill = 0; kill < KILLS; kill++) {
    const run = begin();
    // The first lives at least until there is something to go on with, however busy the host.
    if (kill === 0) await vi.waitUntil(() => world.read('run.json') !== '', { timeout: BEGUN_WITHIN_MS });
    await delay(random() * LONGEST_LIFE_MS);
    run.kill('SIGKILL');
    const { stderr } = await run;
    expect(stderr).not.toMatch(STACK_TRACE);
  }
  const { exitCode } = await begin();
  expect(exitCode).toBe(EXIT.ok);
  expectPlannedSamples(world);
  expect(world.leftovers()).toEqual([]);

  const run = JSON.parse(world.read('run.json'));
  expect(run).toMatchObject({ status: 'complete', plan: { boots: BOOTS }, outcomes: { ok: PLANNED.length } });
  expect(run.boots).toHaveLength(BOOTS);
  expect(run.command_line).toEqual(fresh);
  expect(run.resumed.length).toBeGreaterThan(0);
  expect(Date.parse(run.started_at)).toBeLessThan(Date.parse(run.resumed[0].started_at));
  expect(readdirSync(latest).filter((name) => name.endsWith('.part'))).toEqual([]);
  for (const { recording, logs } of run.boots) {
    expect(world.read(recording)).toContain('"event":"exited"');
    expect(existsSync(join(latest, logs, 'qmp.jsonl'))).toBe(true);
  }

  const before = world.read('samples.csv');
  expect((await world.bench(['analyse', latest])).exitCode).toBe(EXIT.ok);
  expectPlannedSamples(world);
  expect(world.read('samples.csv')).toBe(before);

  const again = await world.bench(['--resume', latest]);
  expect(again).toMatchObject({ exitCode: EXIT.ok, stdout: expect.stringMatching(/^all 4 boots are there/) });
  expect(world.read('samples.csv')).toBe(before);
});

test('a run that was interrupted says how to go on, and what was interrupted is measured anew', async () => {
  const world = makeWorld();
  const run = world.bench([world.scenario('shpc'), '--out', world.out]);
  await world.untilPlugging();
  const busy = await world.bench(['--resume', join(world.out, 'latest')]);
  expect(busy).toMatchObject({ exitCode: EXIT.usage, stderr: expect.stringContaining('still going on') });
  run.kill('SIGINT');
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(EXIT.interrupted);
  const [, directory = ''] = /to go on with it: npm run bench -- --resume (\S+)$/.exec(stdout) ?? [];
  expect((await world.bench(['--resume', directory])).exitCode).toBe(EXIT.ok);
  expect(world.outcomes()).toEqual(['boot ok', 'plug ok', 'unplug ok']);
  expect(JSON.parse(world.read('run.json')).status).toBe('complete');
});

test('a finished run in which samples failed is not tried again: exit 3 as before', async () => {
  const world = makeWorld();
  // An SHPC's plug takes six seconds.
  const late = [
    'name: late',
    'defaults: { topology: shpc-bridge, timeout: { plug: 500ms }, sampling: { boots: 1, cycles: 1, warmup: 0 } }',
    'variants: { shpc: {} }',
    'sequence: [boot, plug: virtio-blk]',
    '',
  ];
  const file = world.write('late.yaml', late.join('\n'));
  expect((await world.bench([file, '--out', world.out])).exitCode).toBe(EXIT.samplesFailed);
  expect(world.outcomes()).toEqual(['boot ok', 'plug timeout']);
  const before = world.read('run.json');
  for (const more of [[file], ['--seed', '1'], ['--boots', '2'], ['--out', world.out]])
    expect((await world.bench(['--resume', join(world.out, 'latest'), ...more])).exitCode).toBe(EXIT.usage);
  const { exitCode, stdout } = await world.bench(['--resume', join(world.out, 'latest')]);
  expect(exitCode).toBe(EXIT.samplesFailed);
  expect(stdout).toContain('all 1 boots are there, nothing was started');
  expect(world.read('run.json')).toBe(before);
});
