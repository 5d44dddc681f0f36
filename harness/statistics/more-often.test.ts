import { describe, expect, test } from 'vitest';
import { ERROR_BUDGET } from './error-budget.ts';
import { logChoose } from './fisher.ts';
import { type BootShare, boschlooMoreOften, moreOftenPValue } from './more-often.ts';

const boots = (failed: number, total: number): BootShare[] =>
  Array.from({ length: total }, (_, index) => ({ count: index < failed ? 1 : 0, tried: 1 }));
const every = (count: number, tried: number, total: number): BootShare[] =>
  Array.from({ length: total }, (_, index) => ({ count: count + (index % 2), tried }));

describe('beyond chance', () => {
  test.each([
    [4, 5],
    [5, 10],
    [6, 20],
    [8, 30],
  ])('%d of %d boots where none was before', (failed, total) => {
    expect(moreOftenPValue(boots(0, total), boots(failed, total))).toBeLessThanOrEqual(ERROR_BUDGET.failures);
    expect(moreOftenPValue(boots(0, total), boots(failed - 2, total))).toBeGreaterThan(ERROR_BUDGET.failures);
  });

  test('more of the operations of boots of which each had one before', () => {
    expect(moreOftenPValue(every(6, 20, 10), every(16, 20, 10))).toBeLessThanOrEqual(ERROR_BUDGET.deadlines);
    expect(moreOftenPValue(every(6, 20, 10), every(6, 20, 10))).toBeGreaterThan(0.3);
  });
});

test('less often than before is never an alarm', () => {
  expect(moreOftenPValue(boots(5, 5), boots(0, 5))).toBe(1);
  expect(moreOftenPValue(every(6, 20, 10), every(5, 20, 10))).toBe(1);
});

test('where nothing happens, or everything does, there is nothing to test', () => {
  expect(moreOftenPValue(boots(0, 5), boots(0, 5))).toBeUndefined();
  expect(moreOftenPValue(boots(5, 5), boots(5, 5))).toBeUndefined();
  expect(moreOftenPValue([], boots(5, 5))).toBeUndefined();
});

/** Every outcome where none failed before, with its binomial probability. The others are tested by exchanging boots. */
function falseAlarmsAfterNone(total: number, rate: number): number {
  const binomial = (count: number) =>
    Math.exp(logChoose(total, count) + count * Math.log(rate) + (total - count) * Math.log1p(-rate));
  const alarms = Array.from({ length: total }, (_, index) => index + 1).filter(
    (now) => (moreOftenPValue(boots(0, total), boots(now, total)) ?? 1) <= ERROR_BUDGET.failures,
  );
  return binomial(0) * alarms.reduce((sum, now) => sum + binomial(now), 0);
}

test.each([5, 7, 10, 20, 30])(
  'without a change, with %d boots a side, none before and now an alarm is rare',
  (total) => {
    for (let rate = 0.01; rate <= 0.1; rate += 0.01)
      expect(falseAlarmsAfterNone(total, rate)).toBeLessThanOrEqual(ERROR_BUDGET.failures);
    // Beyond what is assumed of things that work.
    for (let rate = 0.1; rate <= 0.5; rate += 0.02)
      expect(falseAlarmsAfterNone(total, rate)).toBeLessThanOrEqual(0.011);
  },
);

test("Boschloo's test by hand: 0 of 2 and 2 of 2, at the least favourable rate of one half", () => {
  expect(boschlooMoreOften({ count: 0, total: 2 }, { count: 2, total: 2 }, 1)).toBeCloseTo(1 / 16, 10);
});
