import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plannedBoot } from '../plan/schedule.ts';
import { claimRun } from '../record/run-directory.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { openSavedGuests, removeAbandonedGuests, SAVED_GUESTS } from './saved-guests.ts';

const [one, other] = [testVariant({ name: 'one' }), testVariant({ name: 'other' })];
const boots = [one, other, one].map((variant, index) => plannedBoot(variant, index + 1, 1));

test("a variant's guest is saved once, and goes with the last of its boots, made or not", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'saved-guests-'));
  const guests = openSavedGuests(boots);
  let saves = 0;
  const save = async () => {
    saves += 1;
    const file = join(directory, `guest-${saves}`);
    writeFileSync(file, '');
    return { file, directory, kernelLog: [] };
  };
  const files = [1, 2].map((number) => join(directory, `guest-${number}`));
  const there = () => files.map((file) => existsSync(file));
  const given = await Promise.all([one, one, other].map((variant) => guests.guestOf(variant, save)));
  expect(given.map((saved) => 'file' in saved && saved.file)).toEqual([files[0], files[0], files[1]]);
  expect(saves).toBe(2);
  const seen: boolean[][] = [];
  for (const boot of boots) {
    await guests.leave(boot);
    seen.push(there());
  }
  expect(seen).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ]);
});

test('a guest that could not be saved is tried once, every boot is told why, and nothing is removed', async () => {
  const bystander = join(mkdtempSync(join(tmpdir(), 'saved-guests-')), 'bystander');
  writeFileSync(bystander, '');
  const guests = openSavedGuests(boots);
  const unavailable = { reason: 'no-snapshot', detail: 'the disk is full' } as const;
  let saves = 0;
  const save = async () => {
    saves += 1;
    return { unavailable };
  };
  expect([await guests.guestOf(one, save), await guests.guestOf(one, save)]).toEqual([
    { unavailable },
    { unavailable },
  ]);
  expect(saves).toBe(1);
  for (const boot of boots) await expect(guests.leave(boot)).resolves.toBeUndefined();
  expect(existsSync(bystander)).toBe(true);
});

test('boots that are not made are left without a guest being saved for them', async () => {
  const guests = openSavedGuests(boots);
  for (const boot of boots) await expect(guests.leave(boot)).resolves.toBeUndefined();
});

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
