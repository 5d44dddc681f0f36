import { describe, expect, test } from 'vitest';
import { medianDeviation, outlierRule } from './spread.ts';

test('the median deviation, by hand', () => {
  expect(medianDeviation([1, 2, 3, 4, 100])).toBe(1);
});

describe('outliers', () => {
  test('lie more than 3.5 robust standard deviations from the median', () => {
    // Median 3, MAD 1: 3.5 / 0.6745 = 5.189 away.
    const isOutlier = outlierRule([1, 2, 3, 4, 100]);
    expect([8.18, 8.2, -2.18, -2.2, 100].map(isOutlier)).toEqual([false, true, false, true, true]);
  });

  test('are judged by the mean deviation when most values are alike', () => {
    // Mean deviation 1, so one scaled unit is 1.2533.
    const isOutlier = outlierRule([5, 5, 5, 5, 5, 5, 5, 5, 5, 15]);
    expect([15, 9.3, 9.5, 5].map(isOutlier)).toEqual([true, false, true, false]);
  });

  test('there are none among values that are all alike', () => {
    expect(outlierRule([5, 5, 5])(5)).toBe(false);
  });
});
