import { describe, expect, test } from 'vitest';
import { driftOver, driftWarnings } from './drift.ts';

describe('drift over a run', () => {
  test('of a straight line is its whole rise; the test is that of Mann and Kendall', () => {
    // S = 10, variance 5 · 4 · 15 / 18 = 16.667, z = 9 / 4.0825 = 2.2045: p = 0.0275.
    const { driftMs, pValue } = driftOver([10, 12, 14, 16, 18]);
    expect(driftMs).toBe(8);
    expect(pValue).toBeCloseTo(0.0275, 3);
  });

  test('is not moved by one boot out of line', () => {
    expect(driftOver([10, 10, 900, 10, 10, 10, 10]).driftMs).toBe(0);
  });

  test('of one boot is none', () => {
    expect(driftOver([5])).toEqual({ driftMs: 0, pValue: 1 });
  });

  test('is worth saying only when it is both clear and large', () => {
    expect(driftWarnings({ driftMs: -5, pValue: 0.001 }, 100)).toEqual([
      'order drift: -5.0 % from the first boot to the last',
    ]);
    expect(driftWarnings({ driftMs: 1, pValue: 0.001 }, 100)).toEqual([]);
    expect(driftWarnings({ driftMs: 50, pValue: 0.2 }, 100)).toEqual([]);
  });
});
