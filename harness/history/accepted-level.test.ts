import { expect, test } from 'vitest';
import { type Acceptance, acceptedLevel } from './accepted-level.ts';

const day = (night: number) => new Date(Date.UTC(2026, 0, 1 + night));
const levels = (...values: readonly number[]) => values.map((value, place) => ({ value, from: day(10 * place) }));
const baseline = (night: number): Acceptance => ({ baseline: 'b', host: 'h', variants: [], startedAt: day(night) });

test.each([
  ['the first, after a rise', [100, 130], [], 0],
  ['the first, after a partial recovery', [100, 130, 120], [], 0],
  ['the first, after small rises', [100, 101.5, 103], [], 0],
  ['a better one, which nobody has to accept', [100, 80, 90], [], 1],
  ['what it was, after a full recovery that is as good', [100, 130, 100], [], 0],
  ['one at which a baseline was saved', [100, 130, 140], [baseline(15)], 1],
  ['a better one after that', [100, 130, 120], [baseline(15)], 2],
  ['not one before which the baseline was saved', [100, 130], [baseline(9)], 0],
  ['the newest, where the baseline is from', [100, 130, 120], [baseline(99)], 2],
] as const)('%s', (_, values, acceptances, index) => {
  expect(acceptedLevel(levels(...values), acceptances).index).toBe(index);
});

test('the baseline is named', () => {
  expect(acceptedLevel(levels(100, 130), [baseline(10)])).toEqual({ index: 1, baseline: 'b' });
});
