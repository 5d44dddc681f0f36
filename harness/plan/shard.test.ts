import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Step } from '../variant.ts';
import { type PlannedBoot, schedule } from './schedule.ts';
import { bootsOfShard, estimateBootMs } from './shard.ts';

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

const [plug, unplug] = testVariant().steps as [Step, Step];
const estimate = (over: Parameters<typeof testVariant>[0]) => estimateBootMs(testVariant(over));

describe('estimateBootMs', () => {
  test('orders topologies by their fixed waits: SHPC waits twice, native PCIe once, ACPI never', () => {
    const [shpc, native, acpi] = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port'].map((topology) =>
      estimate({ topology }),
    );
    expect(shpc).toBeGreaterThan(11_000 + 5_000);
    expect(native).toBeLessThan(Number(shpc) - 4_000);
    expect(acpi).toBeLessThan(Number(native) - 5_000);
  });

  test('takes waits that are set on the kernel command line', () => {
    const kernel = { source: 'patched' } as const;
    const guest = testVariant().guest;
    const parameters = { 'shpchp.button_delay_ms': '0', 'shpchp.settle_ms': '250' };
    const change = estimate({ guest: { ...guest, kernel } }) - estimate({ guest: { ...guest, kernel, parameters } });
    expect(change).toBe(2 * 5_000 + 750);
  });

  test('counts every pass, and the waits of the sequence', () => {
    const sampling = { boots: 1, cycles: 1, warmup: 0 };
    const once = estimate({ sampling });
    const pause = { operation: 'wait', waitMs: 700 } as const;
    expect(estimate({ sampling, steps: [plug, pause, unplug] }) - once).toBe(700);
    const cycles = (cycles: number, warmup: number) => estimate({ sampling: { ...sampling, cycles, warmup } });
    expect(cycles(3, 2) - once).toBeCloseTo(4 * (cycles(2, 0) - once), 6);
  });

  test('devices that are plugged together queue in an SHPC and nowhere else', () => {
    const steps = (branches: number) => [{ operation: 'parallel', branches: Array(branches).fill([plug]) } as const];
    const more = (topology: string) =>
      estimate({ topology, steps: steps(8) }) - estimate({ topology, steps: steps(1) });
    expect(more('shpc-bridge')).toBe(7 * 1_000);
    expect(more('acpi-bridge')).toBe(0);
  });

  test('a boot from a snapshot is a small part of a fresh one, and KVM is faster than TCG', () => {
    const steps: readonly Step[] = [];
    expect(estimate({ steps, bootMode: 'snapshot' })).toBeLessThan(estimate({ steps }) / 5);
    expect(estimate({ accelerator: 'kvm' })).toBeLessThan(estimate({ accelerator: 'tcg' }));
  });
});
