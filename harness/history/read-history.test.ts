import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunFile } from '../record/run-file.ts';
import { query } from './query.ts';
import { readHistory } from './read-history.ts';
import { writtenNights } from './test-night.ts';

const noChanges = () => [];

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

test('what a run has written is read as one point of each of its series', async () => {
  const { root } = await writtenNights(4, 2);
  const history = await readHistory(root, noChanges, []);
  if (!history.ok) throw new Error(history.failure);
  const { runs, skipped, series } = history.value;
  expect({ runs, skipped }).toEqual({ runs: 4, skipped: [] });
  expect(series.map(({ variant, operation, points }) => `${variant} ${operation} ${points.length}`)).toEqual([
    'shpc-01 boot 4',
    'shpc-01 plug 4',
    'shpc-01 unplug 4',
    'shpc-02 boot 4',
    'shpc-02 plug 4',
    'shpc-02 unplug 4',
  ]);
  const plug = series[1];
  expect(plug).toMatchObject({
    host: 'synthetic',
    accelerator: 'tcg',
    clock: 'real',
    bootMode: 'fresh',
    current: true,
  });
  expect(plug?.points[0]?.phases).toContain('button-wait');
  // After a third of the nights QEMU is another one, after two thirds the guest's kernel.
  expect(plug?.segments.map(({ start, beginning }) => [start, beginning.kind])).toEqual([
    [0, 'first'],
    [2, 'environment'],
    [3, 'environment'],
  ]);
});

test('broken run directories are named with the reason, and stop neither the history nor a question', async () => {
  const { root, directories } = await writtenNights(9, 1);
  const [good, cut, junk, foreign, half, noSummary, cutSummary, noRun, shard] = directories as [string, ...string[]];
  truncateSync(join(cut ?? '', 'run.json'), 3000);
  writeFileSync(
    join(junk ?? '', 'run.json'),
    Buffer.from(Array.from({ length: 999 }, (_, index) => (index * 37) % 256)),
  );
  edit(join(foreign ?? '', 'run.json'), (text) => text.replace('"schema_version": 1', '"schema_version": 2'));
  edit(join(half ?? '', 'run.json'), (text) => text.replace('"complete"', '"partial"'));
  rmSync(join(noSummary ?? '', 'summary.json'));
  truncateSync(join(cutSummary ?? '', 'summary.json'), 1000);
  rmSync(join(noRun ?? '', 'run.json'));
  edit(join(shard ?? '', 'run.json'), (text) => text.replace('"shard": null', '"shard": {"index": 1, "of": 2}'));
  cpSync(good, join(root, 'copy'), { recursive: true });
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'baselines'));
  mkdirSync(join(root, '.cache'));
  symlinkSync(basename(good), join(root, 'latest'));
  writeFileSync(join(root, 'README.md'), '');

  const history = await readHistory(root, noChanges, []);
  if (!history.ok) throw new Error(history.failure);
  const reasons = new Map(history.value.skipped.map(({ directory, reason }) => [basename(directory), reason]));
  expect(history.value.runs).toBe(1);
  const reasonOf = (directory: string | undefined) => reasons.get(basename(directory ?? ''));
  expect(reasonOf(cut)).toBe('its run.json is cut off or no JSON');
  expect(reasonOf(junk)).toBe('its run.json is cut off or no JSON');
  expect(reasonOf(foreign)).toBe('its run.json has schema_version 2, not 1');
  expect(reasonOf(half)).toMatch(/partial/);
  expect(reasonOf(noSummary)).toBe('it has no summary.json');
  expect(reasonOf(cutSummary)).toBe('its summary.json is cut off or no JSON');
  expect(reasonOf(noRun)).toBe('it has no run.json');
  expect(reasonOf(shard)).toBe('it is part 1 of 2 of a run');
  expect(reasonOf('copy')).toMatch(/a copy\?$/);
  expect(reasonOf('empty')).toBe('it has no run.json');
  expect(reasons.size).toBe(10);

  const answer = await query(root, 'SELECT DISTINCT run_id FROM samples ORDER BY run_id', { note: () => {} });
  if (!answer.ok) throw new Error(answer.failure);
  // Without its summary, a run still has its samples.
  expect(answer.value.rows.flat()).toEqual([good, noSummary, cutSummary].map((directory) => basename(directory ?? '')));
  expect(answer.value.skipped.map(({ directory }) => basename(directory))).toEqual(
    [cut, junk, foreign, half, noRun, shard, 'copy', 'empty'].map((directory) => basename(directory ?? '')),
  );
});

test('a folder that is not there is a failure that names it', async () => {
  expect(await readHistory('/nowhere', noChanges, [])).toMatchObject({
    ok: false,
    failure: expect.stringMatching('/nowhere'),
  });
});

/** Changes the run.json of each of some nights, whose surroundings are otherwise the same. */
async function breaksAfter(change: (run: RunJson, night: number) => void) {
  const { root, directories } = await writtenNights(2, 1);
  const [first = '', second = ''] = directories.map((directory) => join(directory, 'run.json'));
  const older = JSON.parse(readFileSync(first, 'utf8'));
  for (const [night, file] of [first, second].entries()) {
    edit(file, (text) => {
      const run: RunJson = { ...JSON.parse(text), host: { ...older.host }, variants: structuredClone(older.variants) };
      change(run, night);
      return JSON.stringify(run);
    });
  }
  const history = await readHistory(root, noChanges, []);
  if (!history.ok) throw new Error(history.failure);
  expect(history.value.runs).toBe(2);
  return history.value.series[0]?.segments.slice(1).map(({ beginning }) => beginning);
}

interface RunJson {
  readonly host: Record<string, unknown>;
  readonly variants: Record<string, unknown>[];
}

test.each<[string, (run: RunJson, night: number) => void]>([
  ['microcode', (run, night) => Object.assign(run.host, { microcode: `0x${night}` })],
  ['passes', ofVariant((night) => ({ sampling: { cycles: night + 1, warmup: 0 } }))],
  ['left out of the machine', ofVariant((night) => ({ left_out: night === 0 ? [] : ['vhost-vsock'] }))],
  ['plugs during the boot', ofVariant((night) => ({ boot_plugs: night === 0 ? [] : [{ device: 'nvme' }] }))],
  ['QEMU', ofVariant((night) => ({ qemu_version: `QEMU emulator version ${night}` }))],
])('another %s is a break; that one night does not tell of it is none', async (what, change) => {
  expect(await breaksAfter(change)).toMatchObject([{ kind: 'environment', changes: [{ what }] }]);
  expect(await breaksAfter((run, night) => night === 1 && what !== 'QEMU' && forget(run, what))).toEqual([]);
});

function ofVariant(change: (night: number) => Record<string, unknown>) {
  return ({ variants }: RunJson, night: number) => {
    for (const variant of variants) Object.assign(variant, change(night));
  };
}

function forget({ host, variants }: RunJson, what: string): void {
  delete host.microcode;
  const keys: Readonly<Record<string, string>> = {
    passes: 'sampling',
    'left out of the machine': 'left_out',
    'plugs during the boot': 'boot_plugs',
  };
  for (const variant of variants) delete variant[keys[what] ?? ''];
}

test('the threshold of each scenario comes along', async () => {
  const { root, directories } = await writtenNights(1, 1);
  edit(join(directories[0] ?? '', 'run.json'), (text) => {
    const run = JSON.parse(text);
    run.scenarios[0].threshold = { relative: 0.5, absolute_ms: 20 };
    return JSON.stringify(run);
  });
  const history = await readHistory(root, noChanges, []);
  expect(history.ok && history.value.series[0]?.points[0]?.run.thresholds).toEqual(
    new Map([['nightly', { relative: 0.5, absoluteMs: 20 }]]),
  );
});

test('what an older version did not write is not missed', async () => {
  const { root, directories } = await writtenNights(1, 1);
  edit(join(directories[0] ?? '', 'run.json'), (text) => {
    const { plan: _, clock: __, boots: ___, ...older } = JSON.parse(text);
    return JSON.stringify({ ...older, variants: older.variants.map(ofFirstVersion) });
  });
  expect(readRunFile(directories[0] ?? '')).toMatchObject({ ok: true });
  expect(await readHistory(root, noChanges, [])).toMatchObject({ ok: true, value: { runs: 1 } });
});

/** A variant as the first version described it, and one that has lost what only this version needs. */
function ofFirstVersion({ scenario, name, topology, guest, accelerator, sampling }: Record<string, unknown>) {
  const { iommu: _, parameters: __, ...rest } = guest as Record<string, unknown>;
  return { scenario, name, topology, guest: rest, accelerator, sampling };
}
