import { expect, test } from 'vitest';
import { studentT } from './student-t.ts';

// Two-sided critical values from NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
test.each([
  [0.95, 1, 12.706],
  [0.95, 2, 4.303],
  [0.95, 3, 3.182],
  [0.95, 10, 2.228],
  [0.95, 30, 2.042],
  [0.95, 100, 1.984],
  [0.9, 5, 2.015],
  [0.99, 4, 4.604],
  [0.95, 1_000_000, 1.96],
])('level %d with %d degrees of freedom: %d', (level, degrees, expected) => {
  expect(studentT(level, degrees)).toBeCloseTo(expected, 3);
});
