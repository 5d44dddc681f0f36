import { describe, expect, test } from 'vitest';
import { locationTest, welchTest } from './location-test.ts';
import { seededRandom } from './seeded-random.ts';

const effort = () => ({ permutations: 10_000, random: seededRandom(1) });
const locate = (base: number[], current: number[], level = 0.0003) =>
  locationTest(Float64Array.from(base), Float64Array.from(current), () => level, effort());
const side = (boots: number, start: number) => Array.from({ length: boots }, (_, index) => start + 0.01 * index);

describe('the test of two locations', () => {
  test('permutes where that can decide', () => {
    // 1 of the 184756 ways to deal 20 boots to two sides.
    expect(locate(side(10, 0), side(10, 1))).toMatchObject({
      isHigher: true,
      method: 'permutation',
      pValue: 1 / 184756,
    });
    expect(locate(side(10, 1), side(10, 0)).isHigher).toBe(false);
  });

  test('with five boots a side looks at distances, if all boots of one side lie beyond the other', () => {
    const apart = locate(side(5, 0), side(5, 1));
    expect(apart.method).toBe('t');
    expect(apart.pValue).toBeLessThan(1e-6);
    const overlapping = locate([0, 0.01, 0.02, 0.03, 1.005], side(5, 1));
    expect(overlapping.method).toBe('t');
    expect(overlapping.pValue).toBeGreaterThanOrEqual(1 / 252);
  });

  test('tells nothing from four boots', () => {
    expect(locate(side(4, 1), side(10, 9)).pValue).toBe(1);
  });

  test('sides without any spread are the same, or are not', () => {
    expect(locate([5, 5, 5, 5, 5], [5, 5, 5, 5, 5]).pValue).toBe(1);
    expect(locate([5, 5, 5, 5, 5], [6, 6, 6, 6, 6]).pValue).toBeLessThan(1e-9);
  });
});

test("Welch's t test, by hand", () => {
  // Means 2 and 5, variances 1 and 4, n = 3: t = 3 / sqrt(5/3) = 2.32379, ν = (5/3)² / ((1/9 + 16/9) / 2) = 2.94118.
  // R: t.test(c(3,5,7), c(1,2,3), alternative = "greater").
  expect(welchTest(Float64Array.of(1, 2, 3), Float64Array.of(3, 5, 7))).toBeCloseTo(0.0524, 3);
});
