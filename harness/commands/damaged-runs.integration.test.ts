import { expect, test } from 'vitest';
import { faultsOfDamagedRuns } from './damaged-runs.fixture.ts';

test('1000 damaged run directories through every command that reads one', async () => {
  expect(await faultsOfDamagedRuns(1000, 1000)).toEqual([]);
});
