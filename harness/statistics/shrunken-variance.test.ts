import { expect, test } from 'vitest';
import { upperVariance } from './shrunken-variance.ts';

// Quantiles of chi-square from Abramowitz and Stegun 1964, table 26.8: below them lies one value in five.
test.each([
  [3, 1.00517],
  [6, 3.07009],
  [10, 6.17908],
  [30, 23.3641],
])('with %d degrees of freedom a variance is below its bound in four of five cases', (degrees, quantile) => {
  const exact = (2 * degrees) / quantile;
  expect(Math.abs(upperVariance({ variance: 2, degrees }, 0.8) / exact - 1)).toBeLessThan(0.011);
});

test('a variance that is known has no bound above itself', () => {
  expect(upperVariance({ variance: 2, degrees: Number.POSITIVE_INFINITY }, 0.8)).toBe(2);
});
