import { expect, test } from 'vitest';
import { faultsOfDamagedRuns } from './damaged-runs.fixture.ts';

/** Drawing a page and starting DuckDB take most of the time. */
const SLOW = ['report', 'query'];

// A thousand of them are in damaged-runs.integration.test.ts.
test('of damaged run directories nothing is accepted that is not whole, and nobody sees a stack trace', async () => {
  const faults = await faultsOfDamagedRuns(2, 16, (command, turn) => !SLOW.includes(command) || turn === 0);
  expect(faults).toEqual([]);
});
