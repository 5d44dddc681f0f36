import { expect, test } from 'vitest';
import type { Sample } from '../timeline/sample.ts';
import { TEST_SAMPLE } from '../timeline/test-sample.ts';
import { burstSummaries, burstsOf } from './bursts.ts';

const variants = [{ scenario: 'test', name: 'shpc' }];

/** Three disks at once: begun 0, 2 and 4 ms into the burst, done after 10, 20 and 30 ms. */
function burstOfThree(over: Partial<Sample> = {}): readonly Sample[] {
  return [0, 1, 2].map((index) => ({
    ...TEST_SAMPLE,
    sequence: index + 1,
    startMs: 100 + 2 * index,
    latencyMs: 10 * (index + 1),
    burst: { first: 1, size: 3 },
    ...over,
  }));
}

test('a burst ends with its last device, counted from its first command', () => {
  const [burst] = burstsOf(burstOfThree(), 'plug');
  // The third begins 4 ms later than the first and takes 30 ms.
  expect(burst).toEqual({ boot: 1, size: 3, latenciesMs: [10, 20, 30], lastMs: 34 });
});

test('one that was alone is a burst of one, which takes its own time', () => {
  const alone = { ...TEST_SAMPLE, startMs: 50, latencyMs: 7 };
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

test('a burst with a device that failed has no end, and is counted as incomplete', () => {
  const [first, ...others] = burstOfThree();
  if (!first) throw new Error('there is a first');
  const { latencyMs: _, ...failed } = first;
  const summaries = burstSummaries(variants, [{ ...failed, outcome: 'timeout' }, ...others]);
  expect(summaries).toEqual([
    { scenario: 'test', variant: 'shpc', operation: 'plug', size: 3, bursts: 1, complete: 0 },
  ]);
});

test('warm-up passes and plugs during the boot are left out', () => {
  expect(burstSummaries(variants, burstOfThree({ warmup: true }))).toEqual([]);
  expect(burstSummaries(variants, burstOfThree({ offsetMs: 200 }))).toEqual([]);
});

test('medians are over all devices, and over the first and the last of each burst', () => {
  const slower = burstOfThree({ boot: 2 }).map((sample) => ({ ...sample, latencyMs: (sample.latencyMs ?? 0) + 10 }));
  expect(burstSummaries(variants, [...burstOfThree(), ...slower])[0]?.figures).toEqual({
    perDeviceMs: 25,
    firstMs: 15,
    lastMs: 39,
  });
});
