import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writtenNights } from '../history/test-night.ts';
import { parseRunFile } from './run-file.ts';

test('a run.json that names a variant twice is refused: it would be in every figure twice', async () => {
  const { directories } = await writtenNights(1, 2);
  const stored = JSON.parse(readFileSync(join(directories[0] ?? '', 'run.json'), 'utf8'));
  expect(parseRunFile(stored).ok).toBe(true);
  const twice = parseRunFile({ ...stored, variants: [...stored.variants, stored.variants[0]] });
  expect(twice).toMatchObject({
    ok: false,
    failure: { reason: expect.stringContaining('no variant is in a run twice') },
  });
});
