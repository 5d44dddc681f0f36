import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { GoodSample, Sample } from '../vocabulary.ts';
import { summarise } from './summary.ts';

const sample = (latencyMs: number, over: Partial<GoodSample> = {}) => goodSample({ latencyMs, ...over });
const summariseOne = (samples: readonly Sample[], variant = testVariant()) =>
  summarise([variant], samples, () => undefined)[0];

describe('summarise', () => {
  test('a failed operation is counted and never a number', () => {
    const summary = summariseOne([
      sample(10),
      sample(30),
      failedSample('timeout'),
      failedSample('crashed', { boot: 2 }),
    ]);
    expect(summary).toMatchObject({ boots: 2, samples: 4, failures: 2, outcomes: { ok: 2, timeout: 1, crashed: 1 } });
    expect(summary?.latency).toMatchObject({
      minMs: 10,
      okP50Ms: 20,
      maxMs: 30,
      rangeMs: 20,
      madMs: 10,
    });
  });

  test('an outcome that the scenario accepts is no failure', () => {
    const refused = failedSample('refused', { expected: true });
    const summary = summariseOne([sample(10), refused]);
    expect(summary).toMatchObject({ failures: 0, outcomes: { ok: 1, refused: 1 }, latency: { p50Ms: 10, p95Ms: 10 } });
    expect(summary).not.toHaveProperty('censoring');
  });

  test('how long refusals took that the scenario expects is said, and is in no latency', () => {
    const refused = [1, 2, 4].map((refusedAfterMs) => failedSample('refused', { expected: true, refusedAfterMs }));
    const summary = summariseOne([sample(10), ...refused], testVariant({ deadlines: { plugMs: 5 } }));
    expect(summary?.warnings).toContain('3 refused by QEMU, as expected, after 2.0 ms (1.0 to 4.0 ms): in no latency');
    expect(summary).toMatchObject({ failures: 0, latency: { maxMs: 10 }, deadline: { missed: 1, samples: 1 } });
  });

  test('a failed operation counts as longer than any, and a quantile that falls among them is not known', () => {
    const limits = { timeouts: { bootMs: 1, plugMs: 30_000, unplugMs: 1 } };
    const plugs = (good: number, failed: number) =>
      summariseOne(
        [
          ...Array.from({ length: good }, (_, index) => sample(100 + index, { boot: index + 1 })),
          ...Array.from({ length: failed }, (_, index) => failedSample('timeout', { boot: index + 1, order: 100 })),
        ],
        testVariant(limits),
      );
    const one = plugs(17, 1);
    // Of 18, the 9th and 10th are in the middle: 108 and 109.
    expect(one?.latency).toMatchObject({ p50Ms: 108.5, okP50Ms: 108 });
    expect(one?.latency?.p90Ms).toBeCloseTo(115.3);
    expect(one?.latency).not.toHaveProperty('p95Ms');
    expect(one?.censoring).toMatchObject({ samples: 1, of: 18, aboveMs: 30_000, quantiles: ['p95'] });
    const half = plugs(9, 9);
    expect(half?.latency).toMatchObject({ okP50Ms: 104, maxMs: 108 });
    expect(half?.latency).not.toHaveProperty('p50Ms');
    expect(half?.warnings).toContain(
      '9 of 18 operations failed and count as longer than 30000 ms: p50, p90 and p95 not known',
    );
  });

  test('the ratio to the reference is not known where a median is not', () => {
    const acpi = testVariant({ name: 'acpi' });
    const samples = [sample(6000), sample(60, { variant: 'acpi' }), failedSample('timeout', { variant: 'acpi' })];
    expect(summarise([testVariant(), acpi], samples, () => 'shpc')[1]).not.toHaveProperty('ratioToReference');
  });

  test('what was not tried is no failure, nor in the rate', () => {
    const summary = summariseOne([sample(10), failedSample('lost'), failedSample('aborted')]);
    expect(summary).toMatchObject({ samples: 3, tried: 2, failures: 1, failureRate: { value: 0.5 } });
    expect(summary?.warnings).toContain('1 of 3 samples not tried: in no figure');
    expect(summariseOne([failedSample('aborted')])).not.toHaveProperty('failureRate');
  });

  test('failure rate and share past the deadline come with their intervals', () => {
    // Of one boot, however many samples it has, as much is known as of one sample.
    const ci95 = [expect.closeTo(0.0546, 4), expect.closeTo(0.9454, 4)];
    const summary = summariseOne([sample(10), failedSample('lost')]);
    expect(summary?.failureRate).toEqual({ value: 0.5, ci95, warnings: [] });
    const late = summariseOne([sample(100), sample(101)], testVariant({ deadlines: { plugMs: 100 } }));
    expect(late?.deadline?.missedShare).toEqual({ value: 0.5, ci95, warnings: [] });
  });

  test('boots from a snapshot and fresh ones are never in one figure', () => {
    const summaries = summarise(
      [testVariant()],
      [sample(10), sample(1, { bootMode: 'snapshot', boot: 2 })],
      () => undefined,
    );
    expect(summaries.map(({ bootMode, latency }) => [bootMode, latency?.p50Ms])).toEqual([
      ['fresh', 10],
      ['snapshot', 1],
    ]);
  });

  test('outliers are named and stay in the figures', () => {
    const latencies = [10, 11, 9, 10.5, 9.5, 10, 60];
    const samples = latencies.map((ms, index) => sample(ms, { boot: index + 1, cycle: 3, order: index + 1 }));
    expect(summariseOne(samples)?.latency).toMatchObject({
      maxMs: 60,
      outliers: [{ boot: 7, cycle: 3, deviceId: 'disk', latencyMs: 60 }],
    });
  });

  test('warns of a drift in the order of execution, whatever the order of the samples', () => {
    const rising = [100, 103, 106, 109, 112, 115, 118, 121].map((ms, index) =>
      sample(ms, { boot: index + 1, order: index + 1 }),
    );
    const [summary] = summarise([testVariant()], rising.toReversed(), () => undefined);
    expect(summary?.latency?.drift.driftMs).toBeCloseTo(21);
    expect(summary?.warnings).toEqual([expect.stringContaining('order drift: +19.0 %')]);
  });

  test('24 variants with 5000 samples are summarised the same twice', () => {
    const variants = Array.from({ length: 24 }, (_, index) => testVariant({ name: `v${index}` }));
    const samples = Array.from({ length: 5000 }, (_, index) =>
      sample(100 + ((index * 7919) % 101), {
        variant: `v${index % 24}`,
        boot: 1 + (Math.floor(index / 24) % 20),
        order: index,
      }),
    );
    const [once, again] = [1, 2].map(() => summarise(variants, samples, () => 'v0'));
    expect(once).toEqual(again);
    expect(once?.every(({ latency }) => latency?.p50Ci95 && latency.p90Ci95)).toBe(true);
  });

  test('with failures only there is no latency at all', () => {
    expect(summariseOne([failedSample('lost')])).not.toHaveProperty('latency');
  });

  test('warm-up samples are left out', () => {
    expect(summariseOne([sample(1000, { warmup: true }), sample(10)])).toMatchObject({
      samples: 1,
      latency: { maxMs: 10 },
    });
  });

  test('a sample exactly at the deadline is in time', () => {
    const summary = summariseOne([sample(100), sample(100.001)], testVariant({ deadlines: { plugMs: 100 } }));
    expect(summary?.deadline).toMatchObject({ limitMs: 100, missed: 1 });
  });

  test('a sample that never came has missed its deadline; one that was not tried has not', () => {
    const variant = testVariant({
      deadlines: { plugMs: 3000 },
      timeouts: { bootMs: 1, plugMs: 3000, unplugMs: 1 },
    });
    const late = summariseOne(
      [failedSample('timeout'), failedSample('lost'), sample(3001), failedSample('aborted')],
      variant,
    );
    expect(late?.deadline).toMatchObject({ missed: 3, samples: 3, missedShare: { value: 1 } });
    expect(summariseOne([failedSample('aborted')], variant)?.deadline).toEqual({
      limitMs: 3000,
      missed: 0,
      samples: 0,
    });
  });

  test('ratios are of medians, to the reference of the same scenario', () => {
    const acpi = testVariant({ name: 'acpi' });
    const samples = [sample(6000), sample(60, { variant: 'acpi' })];
    const [shpc, other] = summarise([testVariant(), acpi], samples, () => 'shpc');
    expect(shpc).not.toHaveProperty('ratioToReference');
    expect(other?.ratioToReference).toBeCloseTo(0.01);
  });

  test('says when boots are few and when the guest ran on TCG', () => {
    expect(summariseOne([sample(1, { accelerator: 'tcg' })])?.warnings).toEqual([
      expect.stringContaining('1 boot'),
      expect.stringContaining('TCG'),
    ]);
    const six = [1, 2, 3, 4, 5, 6].map((boot) => sample(1, { boot }));
    expect(summariseOne(six)?.warnings).toEqual([]);
  });
});
