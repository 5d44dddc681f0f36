import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { makeWorld } from './bench-process.ts';

test('two shards and one without boots, each run on its own and merged: the planned samples of the whole', async () => {
  const world = makeWorld();
  const text = [
    'name: split',
    'defaults: { clock: virtual, guest: { kernel: patched, cpus: 1 }, sampling: { boots: 1, cycles: 1, warmup: 0 } }',
    'variants: { one: { topology: shpc-bridge }, two: { topology: acpi-root-port } }',
    'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
    '',
  ];
  const scenario = world.write('split.yaml', text.join('\n'));
  const part = (index: number) => join(world.directory, `part-${index}`);
  for (const index of [1, 2, 3]) {
    const flags = ['--shard', `${index}/3`, '--seed', '7', '--out', part(index)];
    expect((await world.bench([scenario, ...flags])).exitCode).toBe(EXIT.ok);
  }
  const parts = [1, 2, 3].map((index) => join(part(index), 'latest'));
  const lost = await world.bench(['merge', ...parts.slice(0, 2), '--out', world.out]);
  expect(lost).toMatchObject({ exitCode: EXIT.usage, stderr: expect.stringContaining('part 3/3 is missing') });
  expect(world.runs()).toEqual([]);

  const { exitCode, stdout } = await world.bench(['merge', ...parts, '--out', world.out]);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toContain('3 parts, 6 samples');
  const samples: Record<string, string>[] = parse(world.read('samples.csv'), { columns: true });
  const named = samples.map(({ variant, boot, operation, outcome }) => `${variant} ${boot} ${operation} ${outcome}`);
  expect(named.toSorted()).toEqual(
    ['one', 'two'].flatMap((variant) => ['boot', 'plug', 'unplug'].map((operation) => `${variant} 1 ${operation} ok`)),
  );
  const run = JSON.parse(world.read('run.json'));
  expect(run).toMatchObject({ status: 'complete', plan: { boots: 2, shard: null }, parts: [{}, {}, {}] });

  const before = world.read('samples.csv');
  const again = await world.bench(['analyse', join(world.out, 'latest')]);
  expect(again.exitCode).toBe(EXIT.ok);
  expect(world.read('samples.csv')).toBe(before);
});
