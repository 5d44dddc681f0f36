import { expect, test } from 'vitest';
import { oneSidedT, studentTTail } from './student-t-tail.ts';

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

test.each([
  // R: qt(c(0.025, 0.0005, 0.0005, 0.00025, 0.005), c(4, 4, 30, 1, Inf), lower.tail = FALSE)
  [0.025, 4, 2.776445],
  [0.0005, 4, 8.610302],
  [0.0005, 30, 3.645959],
  [0.00025, 1, 1273.239],
  [0.005, Number.POSITIVE_INFINITY, 2.575829],
])('the value exceeded with probability %f, with %f degrees of freedom', (pValue, degrees, t) => {
  expect(oneSidedT(pValue, degrees) / t).toBeCloseTo(1, 4);
  if (degrees < 1000) expect(studentTTail(oneSidedT(pValue, degrees), degrees) / 2 / pValue).toBeCloseTo(1, 5);
});
