import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Comparison, VERDICTS } from '../statistics/comparison.ts';
import { OPERATIONS } from '../vocabulary.ts';
import { type RunComparison, readRunComparison, writeRunComparison } from './comparison-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'comparison-'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((value) => value + 0);
const count = fc.nat();
const statistic = fc.record(
  { value: number, ci95: fc.tuple(number, number), warnings: fc.constant([]) },
  { requiredKeys: ['value', 'warnings'] },
);
const side = fc.record(
  { label: fc.string(), boots: count, samples: count, failures: count, medianMs: number },
  { requiredKeys: ['label', 'boots', 'samples', 'failures'] },
);
const deadlineCounts = fc.record({ samples: count, missed: count, boots: count, missedBoots: count });
const texts = fc.array(fc.string(), { maxLength: 2 });
const metric = { scenario: fc.string(), variant: fc.string(), operation: fc.constantFrom(...OPERATIONS) };
const comparison: fc.Arbitrary<Comparison> = fc.record(
  {
    ...metric,
    deviceId: fc.string(),
    base: side,
    current: side,
    verdict: fc.constantFrom(...VERDICTS),
    reason: fc.string(),
    latency: fc.record(
      {
        ratio: statistic,
        differenceMs: statistic,
        shiftMs: number,
        cliffsDelta: number,
        pValue: number,
        adjustedPValue: number,
        method: fc.constantFrom('permutation', 't', 'between-runs'),
        betweenRuns: fc.record({ sd: number, runs: count }),
        detectableRatio: number,
      },
      {
        requiredKeys: ['ratio', 'differenceMs', 'shiftMs', 'cliffsDelta', 'pValue', 'adjustedPValue', 'method'],
      },
    ),
    failures: fc.record({ baseFailedBoots: count, currentFailedBoots: count, adjustedPValue: number }),
    deadline: fc.record({ limitMs: number, base: deadlineCounts, current: deadlineCounts, adjustedPValue: number }),
    slow: fc.record({
      ratio: number,
      baseSlow: count,
      currentSlow: count,
      baseP90Ms: number,
      currentP90Ms: number,
      adjustedPValue: number,
    }),
    detect: number,
    disturbed: fc.array(fc.string(), { minLength: 1, maxLength: 2 }),
    phases: fc.array(
      fc.record({
        phase: fc.string(),
        baseMs: number,
        currentMs: number,
        differenceMs: number,
        adjustedPValue: number,
      }),
      { maxLength: 2 },
    ),
    moreBoots: count,
    threshold: fc.record({ relative: number, absoluteMs: number }),
    differences: texts,
    warnings: texts,
  },
  {
    requiredKeys: [
      ...(['scenario', 'variant', 'operation', 'base', 'verdict', 'reason'] as const),
      ...(['phases', 'threshold', 'differences', 'warnings'] as const),
    ],
  },
);
const label = fc.record({ label: fc.string(), runId: fc.string() });
const runComparison: fc.Arbitrary<RunComparison> = fc.record({
  base: label,
  current: label,
  forced: fc.boolean(),
  comparisons: fc.array(comparison, { maxLength: 3 }),
  added: fc.array(fc.record(metric), { maxLength: 2 }),
});

test('what is written is what is read', async () => {
  await fc.assert(
    fc.asyncProperty(runComparison, async (written) => {
      await writeRunComparison(directory, written);
      expect(await readRunComparison(directory)).toEqual({ ok: true, value: written });
    }),
  );
});

test('a run that was not compared has none; a file that is cut off is named', async () => {
  expect(await readRunComparison(join(directory, 'nowhere'))).toEqual({ ok: true, value: undefined });
  writeFileSync(join(directory, 'comparison.json'), '{"schema_version": 1, "base"');
  expect(await readRunComparison(directory)).toMatchObject({ ok: false, failure: expect.stringContaining(directory) });
});
