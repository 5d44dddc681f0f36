import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { permutationTest } from './permutation-test.ts';
import { seededRandom } from './seeded-random.ts';

const p = (base: number[], current: number[], permutations = 50_000) =>
  permutationTest(Float64Array.from(base), Float64Array.from(current), { permutations, random: seededRandom(1) });

describe('the permutation test', () => {
  test('of few boots takes all permutations: the most extreme of 20 is 1 in 20, in either direction', () => {
    expect(p([1, 2, 3], [7, 8, 9])).toBe(1 / 20);
    expect(p([7, 8, 9], [1, 2, 3])).toBe(1 / 20);
  });

  test('looks in the direction seen, also where one side has more boots', () => {
    expect(p([1, 2, 3, 4], [9, 10])).toBe(1 / 15);
    expect(p([9, 10], [1, 2, 3, 4])).toBe(1 / 15);
  });

  test('by hand: only one of 20 exchanges is more extreme', () => {
    // 1, 2, 4 against 3, 8, 9: the others as far apart or farther are themselves and 1, 2, 3 against 4, 8, 9.
    expect(p([1, 2, 4], [3, 8, 9])).toBe(2 / 20);
  });

  test('of values that are all alike is 1', () => {
    expect(p([5, 5, 5, 5], [5, 5, 5, 5])).toBe(1);
  });

  test('drawn permutations agree with all of them', () => {
    const [base, current] = [
      [1, 5, 2, 8, 3, 9, 4, 7],
      [6, 10, 2.5, 12, 5.5, 11, 7.5, 3.5],
    ];
    expect(p(base ?? [], current ?? [], 12_000) / p(base ?? [], current ?? [])).toBeGreaterThan(0.5);
    expect(p(base ?? [], current ?? [], 12_000) / p(base ?? [], current ?? [])).toBeLessThan(2);
  });

  test('never gives 0 when permutations are drawn', () => {
    const side = (start: number) => Array.from({ length: 15 }, (_, index) => start + index);
    expect(p(side(0), side(1000), 500)).toBe(1 / 501);
  });
});

test.each(['plain', 'skewed', 'spiky'] as const)('errs as often as its level says: %s noise', (kind) => {
  const noise = noises(8)[kind];
  const random = seededRandom(9);
  const runs = 10_000;
  let below = 0;
  for (let run = 0; run < runs; run++) {
    const [base, current] = [noise.latencies(9, 1).flat(), noise.latencies(9, 1).flat()];
    const pValue = permutationTest(Float64Array.from(base), Float64Array.from(current), { permutations: 2000, random });
    if (pValue <= 0.025) below += 1;
  }
  // 5 % in both directions together, ± 4 standard errors of the simulation.
  expect(below / runs).toBeGreaterThan(0.041);
  expect(below / runs).toBeLessThan(0.059);
});
