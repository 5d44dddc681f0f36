import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { GoodSample, Sample } from '../vocabulary.ts';
import { type FitSeries, fitLatencies } from './fit.ts';

const series: FitSeries = {
  scenario: 'test',
  latency: 'unplug',
  against: 'delay_ms',
  name: 'shpc-bridge',
  members: [
    { variant: 'none', x: 0 },
    { variant: 'short', x: 100 },
    { variant: 'long', x: 1000 },
  ],
};
/** Samples of one boot of a variant, one per latency. */
const boot = (variant: string, number: number, latencies: readonly number[], over: Partial<GoodSample> = {}) =>
  latencies.map((latencyMs) => goodSample({ operation: 'unplug', variant, boot: number, latencyMs, ...over }));
const full = (boots: number) =>
  Array.from({ length: boots }, (_, index) => [
    ...boot('none', index + 1, [60]),
    ...boot('short', index + 1, [160]),
    ...boot('long', index + 1, [1060]),
  ]).flat();

describe('a latency over a parameter', () => {
  test('is told apart by phases, whose shares of the slope add up to it', () => {
    const phase = (name: string, durationMs: number) => ({ name, kind: 'guest' as const, startMs: 0, durationMs });
    const samples = [0, 100, 1000].flatMap((x, place) =>
      [0, 1, 2, 3, 4].flatMap((number) => {
        const [scan, rest] = [10 + 0.3 * x + number, 50 + 0.7 * x - (number % 3)];
        const phases = [phase('scan', scan), phase('rest', rest)];
        return boot(['none', 'short', 'long'][place] ?? '', number + 1, [scan + rest], { phases });
      }),
    );
    const [fit] = fitLatencies([series], samples);
    expect(fit?.phases.map((one) => one.phase)).toEqual(['rest', 'scan']);
    expect(fit?.phases[1]?.slope.value).toBeCloseTo(0.3, 6);
    const sum = fit?.phases.reduce((total, { slope }) => total + slope.value, 0);
    expect(sum).toBeCloseTo(fit?.line?.slope.value ?? Number.NaN, 9);
  });

  test('is a line through one median per boot, however many samples a boot has', () => {
    const samples = [
      ...boot('none', 1, [60, 50, 900, 55, 65]),
      ...boot('none', 2, [80]),
      ...boot('short', 1, [170]),
      ...boot('long', 1, [1070]),
    ];
    const [fit] = fitLatencies([series], samples);
    expect(fit?.points).toEqual([
      { x: 0, boots: 2, medianMs: 70 },
      { x: 100, boots: 1, medianMs: 170 },
      { x: 1000, boots: 1, medianMs: 1070 },
    ]);
    expect(fit?.line?.slope.value).toBeCloseTo(1, 2);
    expect(fit?.line?.intercept.value).toBeCloseTo(70, 0);
  });

  test('leaves out warm-up, failures, other operations and other scenarios', () => {
    const samples = [
      ...full(5),
      failedSample('timeout', { operation: 'unplug', variant: 'none' }),
      ...boot('none', 1, [9000], { warmup: true }),
      ...boot('none', 1, [9000], { operation: 'plug' }),
      ...boot('none', 1, [9000], { scenario: 'other' }),
    ];
    const [fit] = fitLatencies([series], samples);
    expect(fit?.line?.intercept.value).toBeCloseTo(60, 6);
    expect(fit?.line?.slope.value).toBeCloseTo(1, 6);
    expect(fit?.warnings).toEqual([]);
  });

  test('is one for each kind of device, since a disk and a network card are never in one figure', () => {
    const disks = full(5);
    const cards = full(5).map((sample) => ({
      ...sample,
      device: 'virtio-net',
      latencyMs: (sample.latencyMs ?? 0) + 500,
    }));
    const fits = fitLatencies([series], [...disks, ...cards]);
    expect(fits.map(({ series: name, line }) => [name, Math.round(line?.intercept.value ?? 0)])).toEqual([
      ['shpc-bridge, virtio-blk', 60],
      ['shpc-bridge, virtio-net', 560],
    ]);
  });

  test('of the last plug is one for each kind of burst', () => {
    const burst = (variant: string, count: number, device: string, startMs: number, latencyMs: number) =>
      Array.from({ length: count }, (_, index) =>
        goodSample({
          ...{ variant, device, startMs, latencyMs, sequence: startMs + index },
          burst: { first: startMs, size: count },
        }),
      );
    const samples = series.members.flatMap(({ variant, x }) => [
      ...burst(variant, 2, 'nvme', 0, x + 10),
      ...burst(variant, 1, 'virtio-net', 5000, 7),
    ]);
    const fits = fitLatencies([{ ...series, latency: 'last-plug' }], samples);
    expect(fits.map(({ series: name, points }) => [name, ...points.map(({ medianMs }) => medianMs)])).toEqual([
      ['shpc-bridge, nvme', 10, 110, 1010],
      ['shpc-bridge, virtio-net', 7, 7, 7],
    ]);
  });

  test('leaves out plugs during the boot, which take until the guest is ready', () => {
    const early = boot('none', 1, [9000], { operation: 'plug', offsetMs: 100 });
    const plugs = full(5).map((sample) => ({ ...sample, operation: 'plug' as const }));
    const [fit] = fitLatencies([{ ...series, latency: 'plug' }], [...plugs, ...early]);
    expect(fit).toEqual(fitLatencies([{ ...series, latency: 'plug' }], plugs)[0]);
  });

  test('is absent when nothing of its series was measured', () => {
    expect(fitLatencies([series], [])).toEqual([]);
  });
});

describe('warnings', () => {
  const warningsOf = (samples: readonly Sample[]) => fitLatencies([series], samples)[0]?.warnings;

  test('with one value there is no line, with two no interval; the missing variants are named', () => {
    const [one] = fitLatencies([series], boot('long', 1, [1060]));
    expect(one).not.toHaveProperty('line');
    expect(one?.warnings).toContain('good samples at one value of delay_ms only: no line');
    expect(one?.warnings).toContain('without a good sample: none, short');

    const two = full(5).filter(({ variant }) => variant !== 'short');
    expect(fitLatencies([series], two)[0]?.line?.slope).not.toHaveProperty('ci95');
    expect(warningsOf(two)).toEqual([
      '2 values of delay_ms: a line goes through any two, so it has no interval',
      'without a good sample: short',
    ]);
  });

  test('one value far from all others', () => {
    const far = { ...series, members: series.members.map((one) => (one.x === 1000 ? { ...one, x: 1e12 } : one)) };
    expect(fitLatencies([far], full(1))[0]?.warnings).toContain(
      'one value of delay_ms is so far from the others that it carries the line alone: it has no interval',
    );
  });

  test('few boots at any value, and TCG', () => {
    expect(warningsOf(full(4))).toEqual(['4 boots at a value: intervals are rough below 5']);
    expect(warningsOf(full(5).map((sample) => ({ ...sample, accelerator: 'tcg' as const })))).toEqual([
      expect.stringContaining('TCG'),
    ]);
    const virtual = full(5).map((sample) => ({ ...sample, accelerator: 'tcg' as const, clock: 'virtual' as const }));
    expect(warningsOf(virtual)).toEqual([expect.stringContaining('virtual time')]);
  });
});
