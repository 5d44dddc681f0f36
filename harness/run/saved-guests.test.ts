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
  await Promise.all([guests.of(one, save), guests.of(one, save)]);
  await guests.of(other, save);
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

test('a guest that could not be saved leaves nothing to remove', async () => {
  const guests = openSavedGuests([plannedBoot(other, 1, 1)]);
  await guests.of(other, async () => ({ unavailable: { reason: 'no-snapshot', detail: '' } }));
  await guests.leave(plannedBoot(other, 1, 1));
});
