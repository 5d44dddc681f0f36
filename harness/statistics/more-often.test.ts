import { describe, expect, test } from 'vitest';
import { fisherMoreOften, logChoose } from './fisher.ts';
import { EVERY_BOOT_FAILS, EVERY_BOOT_LATE, isBeyondChance } from './more-often.ts';
import { FAMILY_ERROR } from './verdict.ts';

/** As many operations as the simulated gate compares. */
const OPERATIONS = 20;
const PROMISED = 0.01;

/**
 * An upper bound of the probability that a comparison without a change says of any operation that it fails more often, each
 * failing in a share `q` of its boots: every outcome with its binomial probability, and the operations' chances added up.
 */
function falseAlarms(boots: number, q: number, least = EVERY_BOOT_FAILS, operations = OPERATIONS): number {
  const binomial = (count: number) =>
    Math.exp(logChoose(boots, count) + count * Math.log(q) + (boots - count) * Math.log1p(-q));
  const counts = Array.from({ length: boots + 1 }, (_, count) => count);
  const alarms = counts.flatMap((before) =>
    counts.map((now) => {
      const [base, current] = [before, now].map((count) => ({ count, total: boots })) as [Count, Count];
      // The first step of Holm's correction: no later one is stricter.
      const adjusted = operations * fisherMoreOften(base, current);
      return isBeyondChance(base, current, adjusted, least) ? binomial(before) * binomial(now) : 0;
    }),
  );
  return operations * alarms.reduce((sum, one) => sum + one, 0);
}
interface Count {
  readonly count: number;
  readonly total: number;
}

describe('without a change', () => {
  test.each([
    [3, 0.06],
    [4, 0.13],
    [5, 0.23],
    [7, 0.5],
    [10, 0.5],
    [30, 0.5],
  ])('with %d boots a side, and failures in up to %f of them, alarms keep the promise', (boots, most) => {
    for (let q = 0.01; q <= most; q += 0.01) expect(falseAlarms(boots, q)).toBeLessThanOrEqual(PROMISED);
  });

  test.each([5, 7, 10])('with %d boots a side, a latency at its deadline does, too', (boots) => {
    for (let q = 0.05; q < 1; q += 0.05) {
      expect(falseAlarms(boots, q, EVERY_BOOT_LATE, 1)).toBeLessThanOrEqual(FAMILY_ERROR);
    }
  });
});

test('less often than before is never an alarm', () => {
  expect(isBeyondChance({ count: 5, total: 5 }, { count: 0, total: 5 }, 0, EVERY_BOOT_FAILS)).toBe(false);
  expect(isBeyondChance({ count: 5, total: 5 }, { count: 10, total: 10 }, 0, EVERY_BOOT_FAILS)).toBe(false);
});
