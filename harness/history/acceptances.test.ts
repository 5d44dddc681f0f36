import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAcceptances } from './acceptances.ts';
import { saveBaseline } from './baselines.ts';
import { writtenNights } from './test-night.ts';

test('a baseline accepts the variants that its run has, as they were run', async () => {
  const { root, directories } = await writtenNights(1, 2);
  const saved = await saveBaseline(root, directories[0] ?? '', 'good');
  if (!saved.ok) throw new Error(saved.failure);
  const as = { scenario: 'nightly', accelerator: 'tcg', clock: 'real', bootMode: 'fresh' };
  expect(readAcceptances(root)).toMatchObject([
    { baseline: 'good', host: 'synthetic', variants: ['shpc-01', 'shpc-02'].map((variant) => ({ ...as, variant })) },
  ]);
  writeFileSync(join(saved.value.directory, 'run.json'), '');
  expect(readAcceptances(root)).toEqual([]);
});
