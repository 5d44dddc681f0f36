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
      p50Ms: 20,
      p90Ms: 28,
      p95Ms: 29,
      maxMs: 30,
      rangeMs: 20,
      madMs: 10,
    });
  });

  test('an outcome that the scenario accepts is no failure', () => {
    const refused = failedSample('refused', { expected: true });
    expect(summariseOne([sample(10), refused])).toMatchObject({ failures: 0, outcomes: { ok: 1, refused: 1 } });
  });

  test('failure rate and share past the deadline come with their intervals', () => {
    // Wilson's score interval for 1 of 2.
    const ci95 = [expect.closeTo(0.0945, 4), expect.closeTo(0.9055, 4)];
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
