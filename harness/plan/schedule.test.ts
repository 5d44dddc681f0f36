import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { placeInStretch, plannedBoot, schedule } from './schedule.ts';

const variantsOf = (boots: readonly number[]) =>
  boots.map((n, index) => testVariant({ name: `v${index}`, sampling: { boots: n, cycles: 1, warmup: 0 } }));
const names = (variants: ReturnType<typeof variantsOf>, seed: number) =>
  schedule(variants, seed).map(({ variant, boot }) => `${variant.name}#${boot}`);
const boots = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 });

describe('schedule', () => {
  test('has every boot of every variant exactly once', () => {
    fc.assert(
      fc.property(boots, fc.nat(), (counts, seed) => {
        const wanted = counts.flatMap((n, index) => Array.from({ length: n }, (_, boot) => `v${index}#${boot + 1}`));
        expect(names(variantsOf(counts), seed).toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  test('gives every variant its n-th boot before any gets its next', () => {
    fc.assert(
      fc.property(boots, fc.nat(), (counts, seed) => {
        const rounds = schedule(variantsOf(counts), seed).map(({ boot }) => boot);
        expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
      }),
    );
  });

  test('is the same for the same seed and another for most others', () => {
    const variants = variantsOf([4, 4, 4, 4, 4]);
    expect(names(variants, 7)).toEqual(names(variants, 7));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => names(variants, seed).join())).size).toBe(20);
  });

  test('shuffles within a round, so that no variant always comes first', () => {
    const first = new Set(Array.from({ length: 50 }, (_, seed) => names(variantsOf([1, 1, 1]), seed)[0]));
    expect(first).toEqual(new Set(['v0#1', 'v1#1', 'v2#1']));
  });
});

describe('a place in a stretch', () => {
  const placesOf = (count: number, seed: number) => {
    const [variant] = variantsOf([count]);
    if (!variant) throw new Error('there is one');
    return Array.from({ length: count }, (_, index) =>
      placeInStretch(plannedBoot(variant, index + 1, seed), () => 0.5),
    );
  };

  test('is in another part for each boot of a variant, so that all together cover it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (count, seed) => {
        const middles = Array.from({ length: count }, (_, part) => (part + 0.5) / count);
        expect(placesOf(count, seed).toSorted((a, b) => a - b)).toEqual(middles);
      }),
    );
  });

  test('says nothing about which boot it is: the first is anywhere', () => {
    const firsts = Array.from({ length: 200 }, (_, seed) => placesOf(10, seed)[0]);
    expect(new Set(firsts).size).toBe(10);
  });
});
