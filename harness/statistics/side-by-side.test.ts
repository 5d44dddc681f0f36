import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Sample } from '../vocabulary.ts';
import { seededRandom } from './seeded-random.ts';
import { sideBySide } from './side-by-side.ts';

const random = seededRandom(5);
const noise = () => 1 + 0.05 * (random() - 0.5);

/** One boot of each variant alone and the others side by side, those slower by `factor`; two cycles in each boot. */
function run({ variants, boots, factor }: { variants: number; boots: number; factor: number }): readonly Sample[] {
  return Array.from({ length: variants }, (_, variant) =>
    Array.from({ length: boots }, (_, boot) => {
      const level = 100 * (variant + 1) * noise() * (boot === 0 ? 1 : factor);
      const jobs = boot === 0 ? 1 : 3;
      return [1, 2].map((cycle) =>
        goodSample({
          variant: `v${variant}`,
          boot: boot + 1,
          cycle,
          jobs,
          latencyMs: level * noise(),
        }),
      );
    }).flat(),
  ).flat();
}

describe('sideBySide', () => {
  test('sees that machines disturb each other, by variants that are far apart', () => {
    const [found, ...others] = sideBySide(run({ variants: 4, boots: 5, factor: 1.4 }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ scenario: 'test', operation: 'plug', jobs: 3, verdict: 'differ' });
    expect(found?.ratio).toBeCloseTo(1.4, 1);
    expect(found?.variants).toHaveLength(4);
    expect(found?.variants[0]).toMatchObject({ variant: 'v0', bootsAlone: 1, bootsSideBySide: 4 });
  });

  test('raises an alarm about once in twenty times where there is nothing', () => {
    const runs = Array.from({ length: 400 }, () => sideBySide(run({ variants: 4, boots: 5, factor: 1 }))[0]);
    expect(runs.filter((one) => (one?.pValue ?? 0) <= 0.05).length).toBeLessThan(400 * 0.08);
    expect(runs.filter((one) => one?.verdict === 'unknown')).toEqual([]);
  });

  test('says that nothing can be said with few boots, however large the difference', () => {
    expect(sideBySide(run({ variants: 1, boots: 10, factor: 3 }))[0]?.verdict).toBe('unknown');
    expect(sideBySide(run({ variants: 2, boots: 2, factor: 3 }))[0]?.verdict).toBe('unknown');
    expect(sideBySide(run({ variants: 6, boots: 2, factor: 3 }))[0]?.verdict).toBe('differ');
  });

  test('a difference of less than 2 % is no matter', () => {
    const steady = Array.from({ length: 40 }, (_, index) =>
      goodSample({
        boot: index + 1,
        jobs: index < 20 ? 1 : 2,
        latencyMs: 100 + index / 40 + (index < 20 ? 0 : 0.5),
      }),
    );
    expect(sideBySide(steady)[0]).toMatchObject({ verdict: 'alike' });
    expect(sideBySide(steady)[0]?.pValue).toBeLessThan(0.001);
  });

  test('plugs during the boot do not count, since each was begun at another moment', () => {
    const early = run({ variants: 4, boots: 5, factor: 3 }).map((sample) => ({
      ...sample,
      offsetMs: 10 * sample.boot,
    }));
    expect(sideBySide(early)).toEqual([]);
  });

  test('failures and warm-up passes do not count, and a run one after another has no entry', () => {
    const samples = run({ variants: 4, boots: 5, factor: 1.4 });
    const failed = failedSample('lost', { jobs: 3 });
    const warmup = goodSample({ jobs: 3, warmup: true, latencyMs: 9e9 });
    expect(sideBySide([...samples, failed, warmup])).toEqual(sideBySide(samples));
    expect(sideBySide(samples.filter(({ jobs }) => jobs === 1))).toEqual([]);
    expect(sideBySide([])).toEqual([]);
  });
});
