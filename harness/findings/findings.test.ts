import { expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { BootMode, Sample } from '../vocabulary.ts';
import { coldCosts } from './findings.ts';

const variants = [{ scenario: 'test', name: 'shpc' }];

function boot(number: number, bootMode: BootMode, latencyMs: number): Sample {
  return goodSample({ operation: 'boot', boot: number, bootMode, latencyMs });
}

function started(number: number, qemuStartMs: number) {
  return { scenario: 'test', variant: 'shpc', boot: number, qemuStartMs, inspections: [] };
}

test('a cold sample costs the start of QEMU and the boot, each kind of boot for itself', () => {
  const samples = [boot(0, 'fresh', 4000), boot(1, 'snapshot', 50), boot(2, 'snapshot', 70)];
  const costs = coldCosts(variants, samples, [started(0, 200), started(1, 180), started(2, 190)]);
  expect(costs).toEqual([
    { scenario: 'test', variant: 'shpc', bootMode: 'fresh', boots: 1, qemuStartMs: 200, bootMs: 4000, totalMs: 4200 },
    { scenario: 'test', variant: 'shpc', bootMode: 'snapshot', boots: 2, qemuStartMs: 185, bootMs: 60, totalMs: 245 },
  ]);
});

test('where nothing was restored there is nothing to compare', () => {
  expect(coldCosts(variants, [boot(1, 'fresh', 4000)], [started(1, 200)])).toEqual([]);
});

test('a boot that failed costs nothing that could be compared', () => {
  const failed = failedSample('crashed', { operation: 'boot', bootMode: 'snapshot' });
  expect(coldCosts(variants, [failed], [started(1, 200)])).toEqual([]);
});
