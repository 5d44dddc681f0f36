import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { clusteredMedian, medianInterval } from './median-interval.ts';

const interval = (boots: number[][]) => medianInterval(clusteredMedian(boots));

describe('the median and its interval', () => {
  test('two boots that differ: resampled medians are both, or the middle, as often as drawing says', () => {
    // Five boots of one value. The logarithms of the medians of all 5^5 resamples, by enumeration, have this spread.
    const logs = [0, 1, 2, 3, 4];
    const medians: number[] = [];
    const draw = (drawn: readonly number[]): void => {
      if (drawn.length < 5) for (const log of logs) draw([...drawn, log]);
      else medians.push(drawn.toSorted((a, b) => a - b)[2] as number);
    };
    draw([]);
    const mean = medians.reduce((sum, log) => sum + log, 0) / medians.length;
    const spread = Math.sqrt(medians.reduce((sum, log) => sum + (log - mean) ** 2, 0) / medians.length);
    const { logStandardError } = clusteredMedian(logs.map((log) => [Math.exp(log)]));
    // n / (n - 1) under the root; 400 resamples know it to some 4 %.
    expect((logStandardError ?? 0) / (spread * Math.sqrt(5 / 4))).toBeCloseTo(1, 0);
    expect(Math.abs((logStandardError ?? 0) / (spread * Math.sqrt(5 / 4)) - 1)).toBeLessThan(0.12);
  });

  test('boots count, not samples: a hundred times the same samples in each boot say no more', () => {
    const boots = [[10], [11], [12], [13], [14], [15]];
    const repeated = boots.map((own) => Array.from({ length: 100 }, () => own[0] as number));
    expect(interval(repeated).ci95?.[0]).toBeCloseTo(interval(boots).ci95?.[0] ?? 0, 6);
  });

  test('is missing below five boots, and says so', () => {
    expect(interval([[1, 2], [3], [4], [5]])).toEqual({
      value: 3,
      warnings: ['4 of 5 boots: the median has no interval'],
    });
  });

  test('values that are all alike have an interval without width', () => {
    expect(interval(Array.from({ length: 6 }, () => [7, 7])).ci95).toEqual([7, 7]);
  });

  test('scales with the unit and holds the median', () => {
    const latency = fc.double({ min: 0.01, max: 1e5, noNaN: true });
    const boots = fc.array(fc.array(latency, { minLength: 1, maxLength: 5 }), { minLength: 5, maxLength: 12 });
    fc.assert(
      fc.property(boots, (own) => {
        const { value, ci95 = [Number.NaN, Number.NaN] } = interval(own);
        expect(ci95[0]).toBeLessThanOrEqual(value);
        expect(ci95[1]).toBeGreaterThanOrEqual(value);
        const inMicroseconds = interval(own.map((one) => one.map((ms) => 1000 * ms)));
        expect((inMicroseconds.ci95?.[0] ?? 0) / 1000 / ci95[0]).toBeCloseTo(1, 6);
      }),
      { numRuns: 50 },
    );
  });
});

// A smaller simulation than `npm run bench:gate`, which prints the whole table: 1500 runs know a coverage to ± 1.2 %.
const RUNS = 1500;
const { independentNormal, independentLognormal, clustered } = noises(5);

test.each(
  [independentNormal, independentLognormal, clustered].flatMap((noise) => [8, 20].map((boots) => ({ noise, boots }))),
)('the 95 % interval holds the true median in 93 to 97 % of runs: $noise.name, $boots boots', ({ noise, boots }) => {
  let held = 0;
  for (let run = 0; run < RUNS; run++) {
    const [low, high] = interval(noise.latencies(boots, 4)).ci95 ?? [Number.NaN, Number.NaN];
    if (low <= 100 && 100 <= high) held += 1;
  }
  expect((100 * held) / RUNS).toBeGreaterThan(93);
  expect((100 * held) / RUNS).toBeLessThan(97);
});

test('a median that other boots might have had beyond all limits has no interval, and says why', () => {
  const boots = [...Array.from({ length: 5 }, () => [10, 11]), ...Array.from({ length: 4 }, () => [Infinity])];
  const { value, ci95, warnings } = medianInterval(clusteredMedian(boots));
  expect(value).toBe(11);
  expect(ci95).toBeUndefined();
  expect(warnings).toEqual(["so many never ended that the median's interval has no upper end"]);
  expect(
    medianInterval(clusteredMedian([...Array.from({ length: 40 }, () => [10, 11]), [Infinity]])).ci95,
  ).toBeDefined();
});
