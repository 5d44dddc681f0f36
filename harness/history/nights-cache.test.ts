import { existsSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readNightsOnce } from './nights-cache.ts';
import { readNights } from './read-nights.ts';
import { writtenNights } from './test-night.ts';

/** More than are worth writing a cache for. */
const NIGHTS = 101;

test('the cache gives what the files do, and notices every change of them', async () => {
  const { root, directories } = await writtenNights(NIGHTS, 1);
  const fromFiles = readNights(directories);
  const byId = ({ nights }: Awaited<ReturnType<typeof readNightsOnce>>) =>
    new Map(nights.map(({ run, series }) => [run.runId, { run, series }]));
  expect(byId(await readNightsOnce(root, directories))).toEqual(byId(fromFiles));
  const cache = join(root, '.cache', 'nights.bin');
  expect(existsSync(cache)).toBe(true);
  expect(byId(await readNightsOnce(root, directories))).toEqual(byId(fromFiles));

  const [changed = '', removed = '', broken = ''] = directories;
  const summary = join(changed, 'summary.json');
  writeFileSync(summary, readFileSync(summary, 'utf8').replaceAll(/"p50_ms": [\d.]+/g, '"p50_ms": 1'));
  rmSync(removed, { recursive: true });
  truncateSync(join(broken, 'run.json'), 100);
  utimesSync(join(broken, 'run.json'), 1, 1);
  const after = await readNightsOnce(
    root,
    directories.filter((directory) => directory !== removed),
  );
  const nights = byId(after);
  expect(nights.get(basename(changed))?.series[0]?.point.p50Ms).toBe(1);
  expect(nights.has(basename(removed))).toBe(false);
  expect(after.skipped.map(({ directory }) => directory)).toEqual([broken]);
  expect(nights.size).toBe(NIGHTS - 2);

  truncateSync(cache, 5000);
  expect((await readNightsOnce(root, directories.slice(3))).nights).toHaveLength(NIGHTS - 3);
});

test('where no cache can be written, everything is read', async () => {
  const { root, directories } = await writtenNights(NIGHTS, 1);
  writeFileSync(join(root, '.cache'), '');
  expect((await readNightsOnce(root, directories)).nights).toHaveLength(NIGHTS);
});
