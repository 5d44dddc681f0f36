import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { FailedOutcome, GoodSample, Sample } from '../vocabulary.ts';
import { DEFAULT_THRESHOLD } from './comparison.ts';
import { type ComparedRun, pairsAcrossRuns, pairsWithinRun } from './measured-pairs.ts';

const sample = (over: Partial<GoodSample>) => goodSample({ latencyMs: 10, ...over });
const run = (label: string, samples: readonly Sample[]): ComparedRun => ({
  label,
  samples,
  conditionsOf: () => ({ QEMU: '7.2' }),
  limitsOf: () => undefined,
});
const threshold = () => DEFAULT_THRESHOLD;
const noLimits = () => undefined;
const noSpread = () => undefined;

describe('pairs of two runs', () => {
  test('have latencies by boot in order of execution, without warm-up and failures', () => {
    const samples = [
      sample({ boot: 2, order: 3, latencyMs: 30 }),
      sample({ boot: 1, order: 2, latencyMs: 20 }),
      sample({ boot: 1, order: 1, latencyMs: 10 }),
      sample({ boot: 1, order: 0, latencyMs: 999, warmup: true }),
      failedSample('timeout', { boot: 3, order: 4 }),
    ];
    const [pair] = pairsAcrossRuns([run('old', samples)], run('new', samples), threshold, noSpread);
    expect(pair?.current).toMatchObject({
      label: 'new',
      conditions: { QEMU: '7.2', clock: 'real', 'boot mode': 'fresh' },
      latenciesMs: [[10, 20], [30]],
      runs: 1,
      failed: [
        { count: 0, tried: 2 },
        { count: 0, tried: 1 },
        { count: 1, tried: 1 },
      ],
      notTried: 0,
    });
  });

  test('keep a metric that the current run has not, and leave out one that only it has', () => {
    const pairs = pairsAcrossRuns(
      [run('old', [sample({ operation: 'plug' })])],
      run('new', [sample({ operation: 'unplug' })]),
      threshold,
      noSpread,
    );
    expect(pairs).toMatchObject([{ metric: { operation: 'plug' } }]);
    expect(pairs[0]).not.toHaveProperty('current');
  });

  test('compare device by device only where there are several kinds', () => {
    const two = [
      sample({ device: 'virtio-blk', deviceId: 'disk' }),
      sample({ device: 'virtio-net', deviceId: 'nic' }),
      sample({ operation: 'boot', deviceId: '' }),
    ];
    const metrics = pairsAcrossRuns([run('old', two)], run('new', two), threshold, noSpread).map(
      ({ metric }) => metric,
    );
    expect(metrics).toMatchObject([{ deviceId: 'disk' }, { deviceId: 'nic' }, { operation: 'boot' }]);
    expect(metrics[2]).not.toHaveProperty('deviceId');
  });

  test('give every sample its phases, 0 for one that it has not', () => {
    const phases = (...names: string[]) =>
      names.map((name) => ({ name, kind: 'guest' as const, startMs: 0, durationMs: 5 }));
    const samples = [
      sample({ order: 1, phases: phases('unattributed', 'notify') }),
      sample({ order: 2, phases: phases('notify', 'notify') }),
    ];
    expect(pairsAcrossRuns([run('old', samples)], run('new', samples), threshold, noSpread)[0]?.base.phases).toEqual([
      { phase: 'notify', durationsMs: [[5, 10]] },
      { phase: 'unattributed', durationsMs: [[5, 0]] },
    ]);
  });
});

test('within a run every variant meets the reference of its scenario', () => {
  const samples = ['shpc', 'acpi', 'native'].map((variant) => sample({ variant }));
  const pairs = pairsWithinRun(samples, () => 'shpc', threshold, noLimits);
  expect(pairs.map(({ metric, base, current }) => [metric.variant, base.label, current?.label])).toEqual([
    ['acpi', 'shpc', 'acpi'],
    ['native', 'shpc', 'native'],
  ]);
  expect(pairsWithinRun(samples, () => undefined, threshold, noLimits)).toEqual([]);
});

test('a clock of its own is a condition, within a run too', () => {
  const samples = [sample({}), sample({ variant: 'virtual', clock: 'virtual' })];
  const [pair] = pairsWithinRun(samples, () => 'shpc', threshold, noLimits);
  expect([pair?.base.conditions.clock, pair?.current?.conditions.clock]).toEqual(['real', 'virtual']);
});

describe('several runs as a base', () => {
  const [one, two] = [[sample({ latencyMs: 10 })], [sample({ latencyMs: 20 }), sample({ boot: 2, latencyMs: 21 })]];

  test('are one side, whose boots are those of all', () => {
    const [pair] = pairsAcrossRuns([run('one', one), run('two', two)], run('new', one), threshold, noSpread);
    expect(pair?.base).toMatchObject({ label: 'one and 1 more', runs: 2, latenciesMs: [[10], [20], [21]] });
    expect(pair?.base.failed).toHaveLength(3);
    expect(pair?.base.conditions).toEqual(pair?.current?.conditions);
  });

  test('that were measured under different conditions match none', () => {
    const other = { ...run('two', two), conditionsOf: () => ({ QEMU: '8.1' }) };
    const [pair] = pairsAcrossRuns([run('one', one), other], run('new', one), threshold, noSpread);
    expect(pair?.base.conditions.QEMU).toBe('7.2 and 8.1');
  });
});

test('what an earlier failure left untried is counted apart', () => {
  const samples = [failedSample('timeout', { boot: 1, order: 1 }), failedSample('aborted', { boot: 1, order: 2 })];
  const [pair] = pairsAcrossRuns([run('old', samples)], run('new', samples), threshold, noSpread);
  expect(pair?.base).toMatchObject({ failed: [{ count: 1, tried: 1 }], notTried: 1 });
});

describe('the deadline', () => {
  const failed = (boot: number, outcome: FailedOutcome) => failedSample(outcome, { boot, order: boot });
  const late = [
    sample({ boot: 1, order: 1, latencyMs: 2000 }),
    sample({ boot: 1, order: 2, latencyMs: 4000 }),
    failed(2, 'timeout'),
    failed(3, 'lost'),
    failed(4, 'aborted'),
    sample({ boot: 5, order: 5, latencyMs: 2000 }),
  ];
  const limits = (plugMs: number, timeoutMs = 30_000) => ({ deadlines: { plugMs }, timeouts: { plugMs: timeoutMs } });

  test('is missed by what came later and by what never came; what was not tried does not count', () => {
    const [pair] = pairsAcrossRuns(
      [{ ...run('old', [sample({})]), limitsOf: () => limits(3000) }],
      { ...run('new', late), limitsOf: () => limits(3000) },
      threshold,
      noSpread,
    );
    const never = Number.POSITIVE_INFINITY;
    expect(pair?.current?.deadline).toEqual({ limitMs: 3000, triedMs: [[2000, 4000], [never], [never], [2000]] });
    expect(pair?.base.deadline).toEqual({ limitMs: 3000, triedMs: [[10]] });
  });

  test('is that of the current side for both; each has its own timeout', () => {
    const [pair] = pairsAcrossRuns(
      [{ ...run('old', late), limitsOf: () => limits(1, 2500) }],
      { ...run('new', late), limitsOf: () => limits(3000) },
      threshold,
      noSpread,
    );
    // Given up after 2.5 s: nobody knows whether 3 s would have been enough.
    const never = Number.POSITIVE_INFINITY;
    expect(pair?.base.deadline).toEqual({ limitMs: 3000, triedMs: [[2000, 4000], [never], [2000]] });
    expect(pair?.current?.deadline?.triedMs).toHaveLength(4);
  });

  test('is there within a run, too, and not where there is none', () => {
    const samples = [sample({}), sample({ variant: 'slow', latencyMs: 4000 })];
    const pairsWith = (plugMs?: number) =>
      pairsWithinRun(
        samples,
        () => 'shpc',
        threshold,
        () => ({
          deadlines: plugMs === undefined ? {} : { plugMs },
        }),
      );
    expect(pairsWith(3000)[0]?.current?.deadline).toEqual({ limitMs: 3000, triedMs: [[4000]] });
    expect(pairsWith()[0]?.current).not.toHaveProperty('deadline');
  });
});
