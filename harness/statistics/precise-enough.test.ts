import { expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { precisionOf } from './precise-enough.ts';

const { plain } = noises(31);

test('too few boots are never enough', () => {
  expect(precisionOf([[100], [100], [100], [100]], 0.05)).toEqual({ isEnough: false });
});

test('is enough as soon as the interval is narrow, and more boots make it narrower', () => {
  const few = precisionOf(plain.latencies(6, 4), 0.01);
  const many = precisionOf(plain.latencies(60, 4), 0.02);
  expect(few.isEnough).toBe(false);
  expect(many.isEnough).toBe(true);
  expect(many.relativeReach).toBeLessThan(few.relativeReach ?? 0);
});

test('does not depend on the level: a run that is slower throughout is as precise', () => {
  const latencies = plain.latencies(10, 4);
  const slower = latencies.map((own) => own.map((ms) => 3 * ms));
  expect(precisionOf(slower, 0.05).relativeReach).toBeCloseTo(precisionOf(latencies, 0.05).relativeReach ?? 0, 9);
});

test('stopping on it moves the median neither up nor down', () => {
  let sum = 0;
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const all = plain.latencies(20, 4);
    let boots = 6;
    while (boots < all.length && !precisionOf(all.slice(0, boots), 0.03).isEnough) boots++;
    const locations = all
      .slice(0, boots)
      .flat()
      .toSorted((a, b) => a - b);
    sum += locations[locations.length >> 1] ?? 0;
  }
  // The truth is 100; one run's median scatters by 1.2 or so.
  expect(Math.abs(sum / runs - 100)).toBeLessThan(0.3);
});
