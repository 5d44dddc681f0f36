import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { GoodSample } from '../vocabulary.ts';
import { burstSummaries, burstsOf } from './bursts.ts';

const variants = [{ scenario: 'test', name: 'shpc' }];

/** Three disks at once: begun 0, 2 and 4 ms into the burst, done after 10, 20 and 30 ms. */
function burstOfThree(over: Partial<GoodSample> = {}): readonly GoodSample[] {
  return [0, 1, 2].map((index) =>
    goodSample({
      sequence: index + 1,
      startMs: 100 + 2 * index,
      latencyMs: 10 * (index + 1),
      burst: { first: 1, size: 3 },
      ...over,
    }),
  );
}

test('a burst ends with its last device, counted from its first command', () => {
  const [burst] = burstsOf(burstOfThree(), 'plug');
  // The third begins 4 ms later than the first and takes 30 ms.
  expect(burst).toEqual({ boot: 1, size: 3, devices: 'virtio-blk', latenciesMs: [10, 20, 30], lastMs: 34 });
});

test('one that was alone is a burst of one, which takes its own time', () => {
  const alone = goodSample({ startMs: 50, latencyMs: 7 });
  expect(burstsOf([alone, { ...alone, sequence: 2, latencyMs: 8 }], 'plug').map(({ lastMs }) => lastMs)).toEqual([
    7, 8,
  ]);
});

test('bursts of other boots, passes and steps are others', () => {
  const all = [
    ...burstOfThree(),
    ...burstOfThree({ boot: 2 }),
    ...burstOfThree({ cycle: 2 }),
    ...burstOfThree({ burst: { first: 7, size: 3 } }),
  ];
  expect(burstsOf(all, 'plug')).toHaveLength(4);
});

test('devices that come one after another beside another branch are no burst, but for the first', () => {
  const branches = [
    { device: 'nvme', startMs: 100, latencyMs: 10 },
    { device: 'virtio-blk', startMs: 101, latencyMs: 60 },
    { device: 'nvme', startMs: 120, latencyMs: 10 },
    { device: 'nvme', startMs: 140, latencyMs: 10 },
  ];
  const samples = branches.map((own, index) =>
    goodSample({
      ...own,
      sequence: index + 1,
      burst: { first: 1, size: 7 },
    }),
  );
  expect(burstsOf(samples, 'plug').map(({ devices, lastMs }) => [devices, lastMs])).toEqual([
    ['nvme and virtio-blk', 61],
    ['nvme', 10],
    ['nvme', 10],
  ]);
});

test('bursts of as many devices of other kinds are in a figure of their own', () => {
  const cards = burstOfThree({ device: 'virtio-net', burst: { first: 9, size: 3 } });
  const slower = cards.map((sample) => ({ ...sample, startMs: 500, latencyMs: 100 }));
  const summaries = burstSummaries(variants, [...burstOfThree(), ...slower]);
  expect(summaries.map(({ size, devices, figures }) => [size, devices, figures?.lastMs])).toEqual([
    [3, 'virtio-blk', 34],
    [3, 'virtio-net', 100],
  ]);
});

test('every operation is in exactly one burst, and those of a burst are all under way at one moment', () => {
  const sample = fc.record({ startMs: fc.integer({ min: 0, max: 50 }), latencyMs: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 12 }), (given) => {
      const samples = given.map((own, index) =>
        goodSample({
          ...own,
          sequence: index,
          burst: { first: 0, size: 2 },
        }),
      );
      const bursts = burstsOf(samples, 'plug');
      expect(bursts.flatMap(({ latenciesMs }) => latenciesMs).toSorted()).toEqual(
        given.map(({ latencyMs }) => latencyMs).toSorted(),
      );
      for (const { latenciesMs, lastMs = 0 } of bursts) {
        expect(lastMs).toBeGreaterThanOrEqual(Math.max(...latenciesMs));
        expect(lastMs).toBeLessThan(Math.max(...latenciesMs) + Math.max(...latenciesMs));
      }
    }),
  );
});

test('a burst with a device that failed has no end, and is counted as incomplete', () => {
  const [, ...others] = burstOfThree();
  const failed = failedSample('timeout', { startMs: 100, burst: { first: 1, size: 3 } });
  const summaries = burstSummaries(variants, [failed, ...others]);
  expect(summaries).toEqual([
    { scenario: 'test', variant: 'shpc', operation: 'plug', size: 3, bursts: 1, complete: 0 },
  ]);
});

test('warm-up passes and plugs during the boot are left out', () => {
  expect(burstSummaries(variants, burstOfThree({ warmup: true }))).toEqual([]);
  expect(burstSummaries(variants, burstOfThree({ offsetMs: 200 }))).toEqual([]);
});

test('medians are over all devices, and over the first and the last of each burst', () => {
  const slower = burstOfThree({ boot: 2 }).map((sample) => ({ ...sample, latencyMs: sample.latencyMs + 10 }));
  expect(burstSummaries(variants, [...burstOfThree(), ...slower])[0]?.figures).toEqual({
    perDeviceMs: 25,
    firstMs: 15,
    lastMs: 39,
  });
});
