import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { normalNumbers } from '../simulation/noise.ts';
import { learnBetweenRuns, MIN_RUNS_TO_LEARN } from './between-runs.ts';
import { digamma, trigamma, trigammaInverse } from './gamma-derivatives.ts';
import { seededRandom } from './seeded-random.ts';
import { shrinkVariances } from './shrunken-variance.ts';

const normal = normalNumbers(seededRandom(20));
const nights = (count: number, sd: number) => Array.from({ length: count }, () => sd * normal());
const series = (stretches: number[][]) => ({ stretches, boots: 10 });

describe('what runs of the same thing differ by', () => {
  test('is learnt from each series, where series differ', () => {
    const learnt = learnBetweenRuns([0.001, 0.01, 0.1].map((sd) => series([nights(200, sd)])));
    expect(learnt.map((one) => one?.sd.toPrecision(1))).toEqual(['0.001', '0.01', '0.1']);
    expect(learnt[0]).toMatchObject({ runs: 200, boots: 10 });
  });

  test('is drawn together, where they are alike', () => {
    const learnt = learnBetweenRuns(Array.from({ length: 24 }, () => series([nights(6, 0.02)])));
    for (const one of learnt) {
      expect(one?.sd).toBeGreaterThan(0.014);
      expect(one?.sd).toBeLessThan(0.028);
      expect(one?.degrees).toBeGreaterThan(6);
    }
  });

  test('needs a few runs', () => {
    expect(learnBetweenRuns([series([nights(MIN_RUNS_TO_LEARN - 1, 0.02)])])).toEqual([undefined]);
    expect(learnBetweenRuns([])).toEqual([]);
  });

  test('does not take a change of level for scatter', () => {
    const shifted = [nights(20, 0.01), nights(20, 0.01).map((value) => value + 1)];
    expect(learnBetweenRuns([series(shifted)])[0]?.sd).toBeLessThan(0.02);
  });

  test('is not taken for less because each night is like the one before', () => {
    const dependent = () => {
      let state = normal();
      return Array.from({ length: 12 }, () => {
        state = 0.5 * state + Math.sqrt(0.75) * normal();
        return 0.02 * state;
      });
    };
    const learnt = learnBetweenRuns(Array.from({ length: 72 }, () => series([dependent()])));
    expect(mean(learnt.map((one) => (one?.sd ?? 0) ** 2)) / 0.02 ** 2).toBeGreaterThan(0.85);
  });
});

describe('variances that are drawn together', () => {
  test('keep their place, and none is made up', () => {
    const one = { variance: 2, degrees: 3 };
    expect(shrinkVariances([undefined, one, undefined])).toEqual([undefined, one, undefined]);
  });

  test('by hand: two that are as far apart as chance explains become one', () => {
    const [a, b] = shrinkVariances([
      { variance: 1, degrees: 4 },
      { variance: 1.2, degrees: 4 },
    ]);
    expect(a).toEqual(b);
    expect(a?.degrees).toBe(8);
  });
});

test('digamma and trigamma, by Abramowitz and Stegun, table 6.1', () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649, 9);
  expect(digamma(1.5)).toBeCloseTo(0.0364899739, 9);
  expect(trigamma(1)).toBeCloseTo(1.6449340668, 9);
  expect(trigamma(1.5)).toBeCloseTo(0.9348022005, 9);
  for (const x of [0.1, 1, 3, 50]) expect(trigammaInverse(trigamma(x))).toBeCloseTo(x, 6);
});
