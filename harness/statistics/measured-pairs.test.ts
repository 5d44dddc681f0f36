import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { FailedOutcome, GoodSample, Sample } from '../vocabulary.ts';
import { DEFAULT_THRESHOLD } from './comparison.ts';
import { type ComparedRun, pairsAcrossRuns, pairsWithReference } from './measured-pairs.ts';

const sample = (over: Partial<GoodSample>) => goodSample({ latencyMs: 10, ...over });
const run = (label: string, samples: readonly Sample[]): ComparedRun => ({
  label,
  samples,
  conditionsOf: () => ({ QEMU: '7.2' }),
  limitsOf: () => undefined,
});
const threshold = () => DEFAULT_THRESHOLD;
const noLimits = () => undefined;

describe('pairs of two runs', () => {
  test('have latencies by boot in order of execution, without warm-up and failures', () => {
    const samples = [
      sample({ boot: 2, order: 3, latencyMs: 30 }),
      sample({ boot: 1, order: 2, latencyMs: 20 }),
      sample({ boot: 1, order: 1, latencyMs: 10 }),
      sample({ boot: 1, order: 0, latencyMs: 999, warmup: true }),
      failedSample('timeout', { boot: 3, order: 4 }),
    ];
    const [pair] = pairsAcrossRuns(run('old', samples), run('new', samples), threshold);
    expect(pair?.current).toMatchObject({
      label: 'new',
      conditions: { QEMU: '7.2', clock: 'real', 'boot mode': 'fresh' },
      latenciesMs: [[10, 20], [30]],
      samples: 4,
      failures: 1,
      boots: 3,
      failedBoots: 1,
    });
  });

  test('keep a metric that the current run has not, and leave out one that only it has', () => {
    const pairs = pairsAcrossRuns(
      run('old', [sample({ operation: 'plug' })]),
      run('new', [sample({ operation: 'unplug' })]),
      threshold,
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
    const metrics = pairsAcrossRuns(run('old', two), run('new', two), threshold).map(({ metric }) => metric);
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
    expect(pairsAcrossRuns(run('old', samples), run('new', samples), threshold)[0]?.base.phases).toEqual([
      { phase: 'notify', durationsMs: [[5, 10]] },
      { phase: 'unattributed', durationsMs: [[5, 0]] },
    ]);
  });
});

test('within a run every variant meets the reference of its scenario', () => {
  const samples = ['shpc', 'acpi', 'native'].map((variant) => sample({ variant }));
  const pairs = pairsWithReference(samples, new Map([['test', 'shpc']]), threshold, noLimits);
  expect(pairs.map(({ metric, base, current }) => [metric.variant, base.label, current?.label])).toEqual([
    ['acpi', 'shpc', 'acpi'],
    ['native', 'shpc', 'native'],
  ]);
  expect(pairsWithReference(samples, new Map(), threshold, noLimits)).toEqual([]);
});

test('a clock of its own is a condition, within a run too', () => {
  const samples = [sample({}), sample({ variant: 'virtual', clock: 'virtual' })];
  const [pair] = pairsWithReference(samples, new Map([['test', 'shpc']]), threshold, noLimits);
  expect([pair?.base.conditions.clock, pair?.current?.conditions.clock]).toEqual(['real', 'virtual']);
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
      { ...run('old', [sample({})]), limitsOf: () => limits(3000) },
      { ...run('new', late), limitsOf: () => limits(3000) },
      threshold,
    );
    expect(pair?.current?.deadline).toEqual({ limitMs: 3000, samples: 5, missed: 3, boots: 4, missedBoots: 3 });
    expect(pair?.base.deadline).toMatchObject({ samples: 1, missed: 0, boots: 1, missedBoots: 0 });
  });

  test('is that of the current side for both; each has its own timeout', () => {
    const [pair] = pairsAcrossRuns(
      { ...run('old', late), limitsOf: () => limits(1, 2500) },
      { ...run('new', late), limitsOf: () => limits(3000) },
      threshold,
    );
    // Given up after 2.5 s: nobody knows whether 3 s would have been enough.
    expect(pair?.base.deadline).toMatchObject({ limitMs: 3000, missed: 2, boots: 3 });
    expect(pair?.current?.deadline).toMatchObject({ limitMs: 3000, missed: 3, boots: 4 });
  });

  test('is there within a run, too, and not where there is none', () => {
    const samples = [sample({}), sample({ variant: 'slow', latencyMs: 4000 })];
    const pairsWith = (plugMs?: number) =>
      pairsWithReference(samples, new Map([['test', 'shpc']]), threshold, () => ({
        deadlines: plugMs === undefined ? {} : { plugMs },
      }));
    expect(pairsWith(3000)[0]?.current?.deadline).toMatchObject({ missedBoots: 1, boots: 1 });
    expect(pairsWith()[0]?.current).not.toHaveProperty('deadline');
  });
});
