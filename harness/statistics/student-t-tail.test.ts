import { expect, test } from 'vitest';
import { studentTTail } from './student-t-tail.ts';

// Closed forms: ν = 1 is 1 - 2 atan(t) / π, ν = 2 is 1 - t / sqrt(2 + t²). The others from R: 2 * pt(-t, df).
test.each([
  [1, 1, 0.5],
  [12.706205, 1, 0.05],
  [2, 2, 1 - 2 / Math.sqrt(6)],
  [2.228139, 10, 0.05],
  [0.1, 30, 0.9210096],
  [0, 5, 1],
])('t = %d, %d degrees of freedom: %d', (t, degrees, expected) => {
  expect(studentTTail(t, degrees)).toBeCloseTo(expected, 6);
  expect(studentTTail(-t, degrees)).toBeCloseTo(expected, 6);
});

test('is exact far out, and 0 at infinity', () => {
  // ν = 2, t = 1000: 1 - t / sqrt(2 + t²) is 1 / t² to a part in a million.
  expect(studentTTail(1000, 2) * 1e6).toBeCloseTo(1, 5);
  expect(studentTTail(40, 38)).toBeGreaterThan(0);
  expect(studentTTail(Number.POSITIVE_INFINITY, 4)).toBe(0);
});
