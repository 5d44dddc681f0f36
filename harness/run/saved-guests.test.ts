import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plannedBoot } from '../plan/schedule.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { openSavedGuests } from './saved-guests.ts';

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
  const given = await Promise.all([one, one, other].map((variant) => guests.of(variant, save)));
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
  expect([await guests.of(one, save), await guests.of(one, save)]).toEqual([{ unavailable }, { unavailable }]);
  expect(saves).toBe(1);
  for (const boot of boots) await expect(guests.leave(boot)).resolves.toBeUndefined();
  expect(existsSync(bystander)).toBe(true);
});

test('boots that are not made are left without a guest being saved for them', async () => {
  const guests = openSavedGuests(boots);
  for (const boot of boots) await expect(guests.leave(boot)).resolves.toBeUndefined();
});
