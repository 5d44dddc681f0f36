import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimRun } from '../record/claim-run.ts';
import { removeAbandonedGuests } from './abandoned-guests.ts';
import { SAVED_GUESTS } from './saved-guests.ts';

const emptyRoot = () => realpathSync(mkdtempSync(join(tmpdir(), 'abandoned-')));

/** A run with a saved guest and a file of its own. */
function makeRun(directory: string): string {
  mkdirSync(join(directory, SAVED_GUESTS), { recursive: true });
  writeFileSync(join(directory, SAVED_GUESTS, 'guest'), 'saved');
  writeFileSync(join(directory, 'run.json'), '{}');
  return directory;
}

async function claimed(directory: string): Promise<() => void> {
  const claim = await claimRun(directory);
  if (!claim.ok) throw new Error(claim.failure);
  return claim.value;
}

test('saved guests of runs that were killed go, those of a run that goes on stay until it ends', async () => {
  const root = emptyRoot();
  const [killed, goingOn] = ['killed', 'going-on'].map((name) => makeRun(join(root, name))) as [string, string];
  const end = await claimed(goingOn);
  await removeAbandonedGuests(root);
  expect(existsSync(join(killed, SAVED_GUESTS))).toBe(false);
  expect(existsSync(join(goingOn, SAVED_GUESTS, 'guest'))).toBe(true);
  end();
  await removeAbandonedGuests(root);
  expect(existsSync(join(goingOn, SAVED_GUESTS))).toBe(false);
});

test('everything else of a killed run stays, and the run can be claimed to go on with it', async () => {
  const root = emptyRoot();
  const killed = makeRun(join(root, 'killed'));
  await removeAbandonedGuests(root);
  expect(readdirSync(killed)).toEqual(['run.json']);
  const end = await claimed(killed);
  end();
});

test('a run that goes on is also seen through a link to it', async () => {
  const [root, elsewhere] = [emptyRoot(), emptyRoot()];
  const goingOn = makeRun(join(elsewhere, 'going-on'));
  symlinkSync(goingOn, join(root, 'latest'));
  const end = await claimed(goingOn);
  await removeAbandonedGuests(root);
  expect(existsSync(join(goingOn, SAVED_GUESTS, 'guest'))).toBe(true);
  end();
});

test('a folder that is not there is no error, and is not made', async () => {
  const absent = join(emptyRoot(), 'absent');
  await expect(removeAbandonedGuests(absent)).resolves.toBeUndefined();
  expect(existsSync(absent)).toBe(false);
});
