import { expect, test } from 'vitest';
import { ASSUMED_BETWEEN_RUNS } from './between-runs.ts';
import { differenceError, runDifferenceTest } from './run-difference.ts';

const ofBoots = { variance: 0.04 ** 2, degrees: 18 };
const sizes = (boots: number, runs = 1) =>
  [
    { boots, runs },
    { boots, runs: 1 },
  ] as const;

test('what is assumed of runs is added to what boots scatter', () => {
  const { standardError, degrees } = differenceError(sizes(10), ASSUMED_BETWEEN_RUNS, ofBoots);
  expect(standardError).toBeCloseTo(Math.sqrt(2 * (0.05 ** 2 + 0.04 ** 2 / 10)), 12);
  expect(degrees).toBeGreaterThan(1000);
});

test('more boots do not help against what runs differ by', () => {
  expect(differenceError(sizes(10_000), ASSUMED_BETWEEN_RUNS, ofBoots).standardError).toBeGreaterThan(0.07);
});

test('what was learnt has its own boots in it, more or fewer of them count', () => {
  const learnt = { sd: 0.02, degrees: 200, runs: 201, boots: 10 };
  const of = (boots: number) => differenceError(sizes(boots), learnt, ofBoots);
  expect(of(10).standardError).toBeCloseTo(0.02 * Math.SQRT2, 12);
  expect(of(10).degrees).toBeCloseTo(400, 9);
  expect(of(40).standardError).toBeCloseTo(Math.sqrt(2 * (0.02 ** 2 - (0.04 ** 2 * 3) / 40)), 12);
  expect(of(40).degrees).toBeLessThan(400);
  expect(of(5).standardError).toBeGreaterThan(of(10).standardError);
});

test('the boots are not taken out of what is known from a few runs: too little would be left', () => {
  const learnt = { sd: 0.02, degrees: 5, runs: 6, boots: 10 };
  expect(differenceError(sizes(40), learnt, ofBoots).standardError).toBeCloseTo(0.02 * Math.SQRT2, 12);
});

test('boots that scatter wider tonight than ever before are believed', () => {
  const learnt = { sd: 0.001, degrees: 20, runs: 21, boots: 10 };
  expect(differenceError(sizes(10), learnt, ofBoots).standardError).toBeCloseTo(0.04 * Math.sqrt(2 / 10), 12);
});

test('one-sided, in the direction seen', () => {
  const side = (level: number) => ({ boots: Float64Array.from({ length: 10 }, () => level), runs: 1 });
  const up = runDifferenceTest(side(0), side(0.1), ASSUMED_BETWEEN_RUNS, ofBoots);
  const down = runDifferenceTest(side(0), side(-0.1), ASSUMED_BETWEEN_RUNS, ofBoots);
  expect(up.isHigher).toBe(true);
  expect(down.isHigher).toBe(false);
  expect(up.pValue).toBeCloseTo(down.pValue, 12);
  // Normal distribution: 0.1 / 0.0730 = 1.370 standard errors.
  expect(up.pValue).toBeCloseTo(0.085, 2);
});
