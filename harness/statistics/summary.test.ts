import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Sample } from '../timeline/sample.ts';
import { TEST_SAMPLE } from '../timeline/test-sample.ts';
import { summarise } from './summary.ts';

const sample = (latencyMs: number, over: Partial<Sample> = {}): Sample => ({ ...TEST_SAMPLE, latencyMs, ...over });
const failed = (outcome: Sample['outcome'], over: Partial<Sample> = {}): Sample => ({
  ...TEST_SAMPLE,
  outcome,
  ...over,
});
const summariseOne = (samples: readonly Sample[], variant = testVariant()) =>
  summarise([variant], samples, () => undefined)[0];

describe('summarise', () => {
  test('a failed operation is counted and never a number', () => {
    const summary = summariseOne([sample(10), sample(30), failed('timeout'), failed('crashed', { boot: 2 })]);
    expect(summary).toMatchObject({ boots: 2, samples: 4, failures: 2, outcomes: { ok: 2, timeout: 1, crashed: 1 } });
    expect(summary?.latency).toEqual({ minMs: 10, p50Ms: 20, p90Ms: 28, p95Ms: 29, maxMs: 30 });
  });

  test('with failures only there is no latency at all', () => {
    expect(summariseOne([failed('lost')])).not.toHaveProperty('latency');
  });

  test('warm-up samples are left out', () => {
    expect(summariseOne([sample(1000, { warmup: true }), sample(10)])).toMatchObject({
      samples: 1,
      latency: { maxMs: 10 },
    });
  });

  test('a sample exactly at the deadline is in time', () => {
    const summary = summariseOne([sample(100), sample(100.001)], testVariant({ deadlines: { plugMs: 100 } }));
    expect(summary?.deadline).toEqual({ limitMs: 100, missed: 1 });
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
