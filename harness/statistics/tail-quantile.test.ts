import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { sortByValue } from './by-boot.ts';
import { tailQuantile } from './tail-quantile.ts';

const p90 = (boots: number[][]) => tailQuantile(boots, sortByValue(boots), 0.9);

describe('a tail quantile', () => {
  test('by hand: forty boots of one value', () => {
    // 1 to 40. p90 is at index 35.1, 36.1; 36 of 40 are at or below it. Deviations of the share: 36 times 0.1, 4 times
    // -0.9, squares 0.36 + 3.24 = 3.6; standard error sqrt(3.6 · 40/39) / 40 = 0.048038; t(39) = 2.022691; reach 0.097165.
    // Index 39 · (0.9 ± 0.097165): 31.3106 and 38.8894, so values 32.3106 and 39.8894.
    const boots = Array.from({ length: 40 }, (_, index) => [index + 1]);
    const { value, ci95, warnings } = p90(boots);
    expect(value).toBeCloseTo(36.1, 10);
    expect(ci95?.[0]).toBeCloseTo(32.3106, 3);
    expect(ci95?.[1]).toBeCloseTo(39.8894, 3);
    expect(warnings).toEqual([]);
  });

  test('has no interval that would end at the largest value, and says how many boots it takes', () => {
    expect(p90(Array.from({ length: 12 }, (_, index) => [index]))).toEqual({
      value: expect.closeTo(9.9),
      warnings: ['p90 needs about 38 boots for an interval'],
    });
  });

  test('needs as many boots, however many samples they have, when samples of a boot are all alike', () => {
    const alike = Array.from({ length: 12 }, (_, index) => Array.from({ length: 50 }, () => index));
    // Ranks within a boot are not quite alike.
    expect(p90(alike).warnings).toEqual(['p90 needs about 37 boots for an interval']);
  });

  test('one boot says nothing of others', () => {
    expect(p90([[1, 2, 3]])).toEqual({
      value: expect.closeTo(2.8),
      warnings: ['p90 needs more boots for an interval'],
    });
  });
});

const RUNS = 2000;
const { independentNormal, clusteredLognormal } = noises(6);

test.each([
  [independentNormal, 20],
  [clusteredLognormal, 30],
] as const)('the 95 % interval of p90 holds the truth in 93 to 97 %%: %o, %d boots', (noise, boots) => {
  const truth = noise.quantile?.(1.2815515655446004) ?? 0;
  let given = 0;
  let held = 0;
  for (let run = 0; run < RUNS; run++) {
    const { ci95 } = p90(noise.latencies(boots, 4));
    if (!ci95) continue;
    given += 1;
    if (ci95[0] <= truth && truth <= ci95[1]) held += 1;
  }
  expect(given).toBeGreaterThan(RUNS / 2);
  expect((100 * held) / given).toBeGreaterThan(93);
  expect((100 * held) / given).toBeLessThan(97);
});
