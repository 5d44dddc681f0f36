import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { type PlannedBoot, schedule } from './schedule.ts';
import { bootsOfShard } from './shard.ts';

const kinds = fc.array(fc.record({ boots: fc.integer({ min: 1, max: 9 }), ms: fc.integer({ min: 1, max: 9000 }) }), {
  maxLength: 6,
});
const shards = fc.integer({ min: 1, max: 12 });
const modes = ['fresh', 'snapshot'] as const;

function planOf(counts: readonly { readonly boots: number }[], seed: number, bootMode: (typeof modes)[number]) {
  const variants = counts.map(({ boots }, index) =>
    testVariant({ name: `v${index}`, bootMode, sampling: { boots, cycles: 1, warmup: 0 } }),
  );
  return schedule(variants, seed);
}

const parts = (plan: readonly PlannedBoot[], of: number, estimate: Parameters<typeof bootsOfShard>[2]) =>
  Array.from({ length: of }, (_, index) => bootsOfShard(plan, { index: index + 1, of }, estimate));

describe('bootsOfShard', () => {
  test('has every boot in exactly one shard, in the order of the plan, in either boot mode', () => {
    fc.assert(
      fc.property(kinds, shards, fc.nat(), fc.constantFrom(...modes), (counts, of, seed, mode) => {
        const plan = planOf(counts, seed, mode);
        const split = parts(plan, of, undefined);
        expect(split.flat().length).toBe(plan.length);
        expect(new Set(split.flat())).toEqual(new Set(plan));
        for (const part of split) expect(part).toEqual(plan.filter((boot) => part.includes(boot)));
      }),
    );
  });

  test('no shard is longer than an equal part and the longest boot', () => {
    fc.assert(
      fc.property(kinds, shards, fc.nat(), (counts, of, seed) => {
        const plan = planOf(counts, seed, 'fresh');
        const estimate = ({ name }: { readonly name: string }) => counts[Number(name.slice(1))]?.ms ?? 0;
        const length = (boots: readonly PlannedBoot[]) =>
          boots.reduce((sum, { variant }) => sum + estimate(variant), 0);
        const longest = Math.max(0, ...plan.map(({ variant }) => estimate(variant)));
        for (const part of parts(plan, of, estimate))
          expect(length(part)).toBeLessThanOrEqual(length(plan) / of + longest);
      }),
    );
  });

  test('one long boot has a shard of its own while short ones fill the other', () => {
    const plan = planOf([{ boots: 1 }, { boots: 9 }], 3, 'fresh');
    const split = parts(plan, 2, ({ name }) => (name === 'v0' ? 9_000 : 1_000));
    expect(split.map((part) => part.map(({ variant }) => variant.name))).toEqual([['v0'], Array(9).fill('v1')]);
  });

  test('is the same however often it is asked, though variants are other objects', () => {
    const [first, second] = [1, 2].map(() => planOf([{ boots: 5 }, { boots: 3 }], 7, 'fresh'));
    const names = (boots: readonly PlannedBoot[] = []) =>
      bootsOfShard(boots, { index: 2, of: 3 }).map(({ variant, boot }) => `${variant.name} ${boot}`);
    expect(names(first)).toEqual(names(second));
  });

  test('boots from one snapshot stay together', () => {
    const plan = planOf([{ boots: 6 }, { boots: 6 }], 1, 'snapshot');
    for (const part of parts(plan, 3, undefined)) expect([0, 6]).toContain(part.length);
  });

  test('more shards than boots: some are empty', () => {
    const plan = planOf([{ boots: 2 }], 1, 'fresh');
    expect(parts(plan, 4, undefined).map((part) => part.length)).toEqual([1, 1, 0, 0]);
  });
});
