import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { OperationName, Sample } from '../vocabulary.ts';
import { summaryLessTinybench } from './tinybench-check.ts';

function samplesOf(operation: OperationName, latenciesMs: readonly number[]): readonly Sample[] {
  return latenciesMs.map((latencyMs, index) =>
    goodSample({ operation, latencyMs, boot: 1 + (index % 3), cycle: 1 + Math.floor(index / 3), order: index }),
  );
}

test('a summary and tinybench agree about all that both compute, whatever the latencies are', () => {
  const latencies = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(latencies, (latenciesMs) => {
      const differences = summaryLessTinybench(samplesOf('plug', latenciesMs));
      expect(differences).toHaveLength(4);
      // A few units in the last place of the largest latency.
      for (const difference of differences) expect(Math.abs(difference)).toBeLessThan(1e-10);
    }),
  );
});

test('each operation is compared by itself, and one that failed is compared with nothing', () => {
  const good = [...samplesOf('plug', [1, 2, 3, 4]), ...samplesOf('unplug', [5000, 6000])];
  expect(summaryLessTinybench(good)).toEqual(new Array(8).fill(0));
  expect(summaryLessTinybench([...good, failedSample('lost', { operation: 'boot' })])).toHaveLength(8);
});
