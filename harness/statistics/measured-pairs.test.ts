import { describe, expect, test } from 'vitest';
import type { Sample } from '../timeline/sample.ts';
import { TEST_SAMPLE } from '../timeline/test-sample.ts';
import { DEFAULT_THRESHOLD } from './comparison.ts';
import { type ComparedRun, pairsAcrossRuns, pairsWithReference } from './measured-pairs.ts';

const sample = (over: Partial<Sample>): Sample => ({ ...TEST_SAMPLE, latencyMs: 10, ...over });
const run = (label: string, samples: readonly Sample[]): ComparedRun => ({
  label,
  samples,
  conditionsOf: () => ({ QEMU: '7.2' }),
});
const threshold = () => DEFAULT_THRESHOLD;

describe('pairs of two runs', () => {
  test('have latencies by boot in order of execution, without warm-up and failures', () => {
    const samples = [
      sample({ boot: 2, order: 3, latencyMs: 30 }),
      sample({ boot: 1, order: 2, latencyMs: 20 }),
      sample({ boot: 1, order: 1, latencyMs: 10 }),
      sample({ boot: 1, order: 0, latencyMs: 999, warmup: true }),
      { ...TEST_SAMPLE, boot: 3, order: 4, outcome: 'timeout' as const, expected: false },
    ];
    const [pair] = pairsAcrossRuns(run('old', samples), run('new', samples), threshold);
    expect(pair?.current).toMatchObject({
      label: 'new',
      conditions: { QEMU: '7.2', 'boot mode': 'fresh' },
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
  const pairs = pairsWithReference(samples, new Map([['test', 'shpc']]), threshold);
  expect(pairs.map(({ metric, base, current }) => [metric.variant, base.label, current?.label])).toEqual([
    ['acpi', 'shpc', 'acpi'],
    ['native', 'shpc', 'native'],
  ]);
  expect(pairsWithReference(samples, new Map(), threshold)).toEqual([]);
});
