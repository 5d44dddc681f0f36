import { existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimRun } from '../record/claim-run.ts';
import { removeAbandonedGuests } from './abandoned-guests.ts';
import { SAVED_GUESTS } from './saved-guests.ts';

test('saved guests of runs that were killed go, those of a run that goes on stay', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'abandoned-')));
  const guestsOf = (run: string) => join(root, run, SAVED_GUESTS);
  for (const run of ['killed', 'going-on']) mkdirSync(guestsOf(run), { recursive: true });
  const claim = await claimRun(join(root, 'going-on'));
  await removeAbandonedGuests(root);
  expect(['killed', 'going-on'].map((run) => existsSync(guestsOf(run)))).toEqual([false, true]);
  if (claim.ok) claim.value();
  await removeAbandonedGuests(root);
  expect(existsSync(guestsOf('going-on'))).toBe(false);
});

test('a folder that is not there has none', async () => {
  await removeAbandonedGuests('/nonexistent');
});
