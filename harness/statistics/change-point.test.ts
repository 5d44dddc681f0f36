import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalNumbers } from '../simulation/noise.ts';
import { changePoints as changePointsGiven } from './change-point.ts';
import type { HistoryPoint } from './robust-window.ts';
import { seededRandom } from './seeded-random.ts';

const SEED = 41;
const normal = normalNumbers(seededRandom(SEED));
const nights = (count: number, ms: number, noise = 0.02): HistoryPoint[] =>
  Array.from({ length: count }, () => ({ value: Math.log(ms) + noise * normal() }));

/** On a host whose nights do not depend on each other. */
const changePoints = (points: readonly HistoryPoint[]) => changePointsGiven(points, 0);

describe('change points', () => {
  test('a step is found, with its place, its size and the night that made it clear', () => {
    const [change, ...others] = changePoints([...nights(30, 100), ...nights(20, 120)]);
    expect(others).toEqual([]);
    expect(change?.index).toBe(30);
    expect(change?.ratio).toBeCloseTo(1.2, 1);
    expect(change?.points).toBe(20);
    expect(change?.foundAt).toBeLessThan(40);
    expect(change?.foundAt).toBeGreaterThanOrEqual(33);
  });

  test('two steps are two, each with the levels beside it', () => {
    const changes = changePoints([...nights(25, 100), ...nights(25, 130), ...nights(25, 100)]);
    expect(changes.map(({ index }) => index)).toEqual([25, 50]);
    expect(changes.map(({ ratio }) => Math.round(100 * ratio) / 100)).toEqual([
      expect.closeTo(1.3, 1),
      expect.closeTo(0.77, 1),
    ]);
    expect(changes[0]?.after).toBe(changes[1]?.before);
  });

  test('a spike of one night, or of two, is none, however high', () => {
    for (const spikes of [1, 2]) {
      const spiked = [...nights(30, 100), ...nights(spikes, 1000), ...nights(30, 100)];
      expect(changePoints(spiked)).toEqual([]);
      // Nor on the night itself, when nobody knows yet what comes after.
      expect(changePoints(spiked.slice(0, 30 + spikes))).toEqual([]);
    }
  });

  test('a step is found beside a spike', () => {
    const points = [...nights(15, 100), ...nights(1, 900), ...nights(15, 100), ...nights(15, 120)];
    expect(changePoints(points).map(({ index }) => index)).toEqual([31]);
  });

  test('looks at every night as it comes: later nights do not change what was found', () => {
    const points = [...nights(30, 100, 0.05), ...nights(30, 115, 0.05), ...nights(30, 90, 0.05)];
    const all = changePoints(points).map(({ index, foundAt }) => ({ index, foundAt }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: points.length }), (known) => {
        const then = changePoints(points.slice(0, known)).map(({ index, foundAt }) => ({ index, foundAt }));
        expect(then).toEqual(all.filter(({ foundAt }) => foundAt < known));
      }),
    );
  });

  test('nights measured badly do not hide a step, and are not taken for one', () => {
    // Single boots scatter by 4 %.
    const bad = (count: number) => nights(count, 100, 0.04).map((point) => ({ ...point, boots: 1 }));
    const good = (count: number, ms: number) =>
      nights(count, ms, 0.01).map((point) => ({ ...point, boots: 16, standardError: 0.01 }));
    const mixed = (ms: number) => Array.from({ length: 10 }, () => [...good(2, ms), ...bad(1)]).flat();
    expect(changePoints(mixed(100))).toEqual([]);
    const [change] = changePoints([...mixed(100), ...mixed(107)]);
    expect(change?.index).toBe(30);
  });

  test('nights that do not scatter at all have no change point until they change', () => {
    const flat = (count: number, ms: number) => Array.from({ length: count }, () => ({ value: Math.log(ms) }));
    expect(changePoints(flat(40, 100))).toEqual([]);
    // Values far out are brought in, so that the largest step takes as long as one of three standard deviations.
    expect(changePoints([...flat(20, 100), ...flat(9, 101)])).toMatchObject([{ index: 20, foundAt: 27 }]);
  });

  test('too short a history has none', () => {
    expect(changePoints([])).toEqual([]);
    expect(changePoints(nights(5, 100))).toEqual([]);
  });
});
