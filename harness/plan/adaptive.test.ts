import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Variant } from '../variant.ts';
import type { Sample } from '../vocabulary.ts';
import { adaptiveOutcomes, openAdaptiveRule, roundsOf } from './adaptive.ts';
import { type PlannedBoot, schedule } from './schedule.ts';

const adaptive = { minBoots: 6, targetRelative: 0.05 };
const variantOf = (name: string, over: Partial<Variant['sampling']> = {}) =>
  testVariant({ name, sampling: { boots: 12, cycles: 1, warmup: 0, adaptive, ...over } });

/** A machine whose boot takes always the same and whose plug takes so long in each boot. */
function samplesOf({ variant, boot }: PlannedBoot, plugMs: number): readonly Sample[] {
  const own = { variant: variant.name, boot, order: boot };
  return [
    goodSample({ ...own, operation: 'boot', cycle: 0, deviceId: '', latencyMs: 500 }),
    goodSample({ ...own, latencyMs: plugMs }),
    goodSample({ ...own, latencyMs: 9999, warmup: true }),
  ];
}

/** Performs a plan, or what is left of one, and gives the boots that were made. */
function perform(
  boots: readonly PlannedBoot[],
  plugMs: (planned: PlannedBoot) => number,
  samples: Sample[] = [],
): readonly string[] {
  const isDue = openAdaptiveRule(samples);
  const made: string[] = [];
  for (const round of roundsOf(boots)) {
    for (const planned of round.filter(isDue)) {
      samples.push(...samplesOf(planned, plugMs(planned)));
      made.push(`${planned.variant.name} ${planned.boot}`);
    }
  }
  return made;
}

const bootsOf = (made: readonly string[], name: string) => made.filter((one) => one.startsWith(`${name} `)).length;
const noisy = ({ boot }: PlannedBoot) => (boot % 2 === 0 ? 100 : 200);

describe('adaptive sampling', () => {
  test('a steady variant stops at its minimum, one that is never known well enough goes on to its maximum', () => {
    const plan = schedule([variantOf('steady'), variantOf('noisy')], 1);
    const made = perform(plan, (planned) => (planned.variant.name === 'noisy' ? noisy(planned) : 100));
    expect(bootsOf(made, 'steady')).toBe(6);
    expect(bootsOf(made, 'noisy')).toBe(12);
  });

  test('a fixed number stays as it is', () => {
    const { adaptive: _, ...fixed } = variantOf('fixed').sampling;
    const made = perform(
      schedule([testVariant({ name: 'fixed', sampling: fixed }), variantOf('steady')], 1),
      () => 100,
    );
    expect(bootsOf(made, 'fixed')).toBe(12);
    expect(bootsOf(made, 'steady')).toBe(6);
  });

  test('it stops as soon as the interval is narrow enough, wherever the median is', () => {
    const calm = (level: number) => (planned: PlannedBoot) => level * (planned.boot <= 3 ? 1 + planned.boot / 10 : 1);
    const counts = [1, 10, 5000].map(
      (level) => perform(schedule([variantOf('a', { boots: 40 })], 1), calm(level)).length,
    );
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThan(6);
    expect(counts[0]).toBeLessThan(40);
  });

  test('an operation without good samples never stops it', () => {
    const samples: Sample[] = [];
    const isDue = openAdaptiveRule(samples);
    for (const planned of schedule([variantOf('a')], 1)) {
      expect(isDue(planned)).toBe(true);
      const [boot] = samplesOf(planned, 100);
      samples.push(boot as Sample, failedSample('timeout', { variant: 'a', boot: planned.boot }));
    }
  });

  test('a run that lacks any of its boots makes them again, and no others than it would have', () => {
    const latencies = fc.array(fc.integer({ min: 95, max: 115 }), { minLength: 24, maxLength: 24 });
    const kept = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(latencies, kept, (ms, isKept) => {
        const plan = schedule([variantOf('a'), variantOf('b')], 3);
        const plugMs = ({ variant, boot }: PlannedBoot) => ms[(variant.name === 'a' ? 0 : 12) + boot - 1] ?? 100;
        const nameOf = ({ variant, boot }: PlannedBoot) => `${variant.name} ${boot}`;
        const whole = perform(plan, plugMs);
        const there = plan.filter((planned, index) => whole.includes(nameOf(planned)) && isKept[index]);
        const samples = there.flatMap((planned) => samplesOf(planned, plugMs(planned)));
        const left = plan.filter((planned) => !there.includes(planned));
        const made = [...there.map(nameOf), ...perform(left, plugMs, samples)];
        expect(made.toSorted()).toEqual([...whole].toSorted());
      }),
    );
  });

  test('a plan without it is one stretch; with it, machines side by side wait from the minimum on', () => {
    const { adaptive: _, ...fixed } = variantOf('fixed').sampling;
    expect(roundsOf(schedule([testVariant({ sampling: fixed })], 1))).toHaveLength(1);
    const rounds = roundsOf(schedule([variantOf('a'), variantOf('b')], 1));
    expect(rounds.map((round) => round.length)).toEqual([12, ...Array(6).fill(2)]);
  });

  test('what was saved is the time of the boots that were not made', () => {
    const variant = variantOf('a');
    const plan = schedule([variant], 1).slice(0, 8);
    const report = (planned: PlannedBoot) => ({
      ...({
        name: '',
        scenario: 'test',
        variant: 'a',
        boot: planned.boot,
        bootMode: 'fresh',
        clock: undefined,
      } as const),
      ...{ jobs: 1, qemuStartMs: undefined, durationMs: 1000 + planned.boot },
    });
    const samples = plan.flatMap((planned) => samplesOf(planned, 100 + planned.boot / 100));
    expect(adaptiveOutcomes([variant], samples, plan.map(report))).toMatchObject([
      { variant: 'a', boots: 8, maxBoots: 12, widest: { operation: 'plug' }, savedMs: 4 * 1004.5 },
    ]);
    expect(adaptiveOutcomes([testVariant()], [], [])).toEqual([]);
  });
});
