import { expect, test } from 'vitest';
import { cliffsDelta, hodgesLehmannShift } from './effect-size.ts';

test('the Hodges-Lehmann shift is the median of all differences', () => {
  // Differences of 3, 7 from 1, 2: 2, 6, 1, 5.
  expect(hodgesLehmannShift([1, 2], [3, 7])).toBe(3.5);
});

test("Cliff's delta counts pairs", () => {
  expect(cliffsDelta([1, 2], [3, 7])).toBe(1);
  expect(cliffsDelta([3, 7], [1, 2])).toBe(-1);
  // 2 > 1, 2 = 2, 5 > both: (1 + 0 + 1 + 1) / 4.
  expect(cliffsDelta([1, 2], [2, 5])).toBe(0.75);
});
