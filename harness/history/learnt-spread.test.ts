import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunFile } from '../record/run-file.ts';
import { ASSUMED_BETWEEN_RUNS } from '../statistics/between-runs.ts';
import { designOf, outOfReach } from './design.ts';
import { betweenRunsBefore, spreadsIn } from './learnt-spread.ts';
import { writtenNights } from './test-night.ts';

async function nights(count: number) {
  const { root, directories } = await writtenNights(count, 2);
  const last = readRunFile(directories.at(-1) ?? '');
  if (!last.ok) throw new Error(last.failure.reason);
  return { root, directories, last: last.value };
}
const plug = { scenario: 'nightly', variant: 'shpc-01', operation: 'plug' as const };

test('what runs differ by is taken from those before, of the same metric', async () => {
  const { root, last } = await nights(9);
  const of = await betweenRunsBefore(root, last);
  const between = of.betweenRunsOf({ ...plug, scenario: last.scenarios[0]?.name ?? '' });
  // The one that is compared does not teach.
  expect(between?.runs).toBe(8);
  expect(between?.sd).toBeGreaterThan(0);
  expect(between?.sd).toBeLessThan(0.1);
});

test('of few runs, and of another host, nothing is known', async () => {
  const few = await nights(4);
  expect((await betweenRunsBefore(few.root, few.last)).betweenRunsOf(plug)).toBe(ASSUMED_BETWEEN_RUNS);
  const { root, last } = await nights(9);
  const elsewhere = { ...last, host: { ...last.host, hostname: 'other' } };
  expect((await betweenRunsBefore(root, elsewhere)).betweenRunsOf(plug)).toBe(ASSUMED_BETWEEN_RUNS);
});

test('a change of level, or an update, is no scatter', async () => {
  const { root, last } = await nights(9);
  const calm = (await betweenRunsBefore(root, last)).betweenRunsOf(plug);
  // Nights of this kind come with two updates of QEMU, each with a level of its own (synthetic-nights.ts).
  expect(calm?.sd).toBeLessThan(0.1);
});

test('runs that cannot be read are named where nothing is known because of it', async () => {
  const { root, directories, last } = await nights(9);
  for (const directory of directories.slice(0, -1)) rmSync(join(directory, 'summary.json'));
  const { betweenRunsOf, unread } = await betweenRunsBefore(root, last);
  expect(betweenRunsOf(plug)).toBe(ASSUMED_BETWEEN_RUNS);
  expect(unread).toHaveLength(8);
  expect(unread?.[0]?.reason).toBe('it has no summary.json');
});

test('what this host can find follows from it, and what it cannot is named', async () => {
  const { root, last } = await nights(12);
  const { spreads } = await spreadsIn({ root, host: last.host.hostname });
  expect(spreads.length).toBeGreaterThan(3);
  // Synthetic nights have two boots, of which no interval is known.
  const told = spreads.map((one) => ({ ...one, ofBoots: { variance: 0.03 ** 2, degrees: 20 } }));
  const easy = designOf(told, 1);
  expect(outOfReach(easy)).toEqual([]);
  expect(easy.boots).toBeGreaterThanOrEqual(spreads[0]?.boots ?? 0);
  expect(outOfReach(designOf(spreads, 1)).length).toBe(spreads.length);
  const hopeless = designOf(told, 0.0001);
  expect(outOfReach(hopeless).length).toBe(spreads.length);
  for (const [index, { detectable = 0 }] of designOf(told, 0.1, 40).metrics.entries())
    expect(detectable).toBeLessThanOrEqual(designOf(told, 0.1, 10).metrics[index]?.detectable ?? 0);
});
