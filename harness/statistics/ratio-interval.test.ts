import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { clusteredMedian } from './median-interval.ts';
import { bootsNeeded, medianDifference } from './ratio-interval.ts';

describe('ratio and difference of medians', () => {
  test('by hand: equal errors on both sides', () => {
    // Log error 0.1 · sqrt(2), t(18) = 2.100922: reach 0.297115.
    const side = (value: number) => ({ value, logStandardError: 0.1, boots: 10 });
    const { ratio, difference, logReach } = medianDifference(side(100), side(100));
    expect(logReach).toBeCloseTo(0.297115, 4);
    expect(ratio.ci95?.[0]).toBeCloseTo(Math.exp(-0.297115), 4);
    expect(difference.ci95?.[1]).toBeCloseTo(29.7115, 2);
  });

  test('without an interval says how few boots there are', () => {
    const { ratio, logReach } = medianDifference({ value: 100, boots: 4 }, { value: 110, boots: 9 });
    expect(ratio).toEqual({ value: 1.1, warnings: ['4 of 5 boots a side: no interval'] });
    expect(logReach).toBeUndefined();
  });

  test('the 95 % interval of the ratio holds the truth in 93 to 97 % of runs', () => {
    const { clustered } = noises(12);
    for (const [base, current] of [
      [8, 8],
      [10, 20],
    ] as const) {
      let held = 0;
      const runs = 2000;
      for (let run = 0; run < runs; run++) {
        const slower = clustered.latencies(current, 4).map((own) => own.map((ms) => 1.1 * ms));
        const { ratio } = medianDifference(clusteredMedian(clustered.latencies(base, 4)), clusteredMedian(slower));
        if (ratio.ci95 && ratio.ci95[0] <= 1.1 && 1.1 <= ratio.ci95[1]) held += 1;
      }
      expect((100 * held) / runs).toBeGreaterThan(93);
      expect((100 * held) / runs).toBeLessThan(97);
    }
  });
});

describe('boots needed', () => {
  const seen = (ratio: number, logReach: number) => ({ ratio: { value: ratio, warnings: [] }, logReach });

  test('four times as many for an interval twice as wide', () => {
    const narrow = bootsNeeded(10, seen(1, 0.04), Math.log1p(0.02), 0.0003) ?? 0;
    const wide = bootsNeeded(10, seen(1, 0.08), Math.log1p(0.02), 0.0003) ?? 0;
    expect(wide / narrow).toBeCloseTo(4, 1);
  });

  test('fewer for a larger change, and unknown without an interval', () => {
    const of = (ratio: number) => bootsNeeded(10, seen(ratio, 0.1), Math.log1p(0.02), 0.0003) ?? 0;
    expect(of(1.2)).toBeLessThan(of(1.1));
    expect(bootsNeeded(3, { ratio: { value: 1, warnings: [] } }, 0.02, 0.01)).toBeUndefined();
  });
});
