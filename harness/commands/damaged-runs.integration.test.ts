import { expect, test } from 'vitest';
import { faultsOfDamagedRuns } from './damaged-runs.fixture.ts';

/** Some 300 ms of CPU time for each directory, most of it for pages and for starting DuckDB. */
const TIMEOUT_MS = 30 * 60_000;

test('1000 damaged run directories through every command that reads one', { timeout: TIMEOUT_MS }, async () => {
  expect(await faultsOfDamagedRuns(1000, 1000)).toEqual([]);
});
