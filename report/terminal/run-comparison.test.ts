import { expect, test } from 'vitest';
import type { RunComparison } from '../../harness/record/comparison-file.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { runComparisonLines } from './run-comparison.ts';

const side = { label: 'nightly', boots: 5, samples: 20, failures: 0, medianMs: 100 };
const undecided = (moreBoots: number): Comparison => ({
  scenario: 'quick',
  variant: 'acpi',
  operation: 'plug',
  base: side,
  current: { ...side, boots: 8 },
  verdict: 'undecided',
  reason: '',
  phases: [],
  moreBoots,
  threshold: { relative: 0.02, absoluteMs: 0 },
  differences: [],
  warnings: [],
});
const linesOf = (over: Partial<RunComparison>) =>
  runComparisonLines(
    {
      base: { label: 'nightly', runId: 'a' },
      current: { label: 'new', runId: 'b' },
      forced: false,
      comparisons: [],
      added: [],
      ...over,
    },
    false,
  ).join('\n');

test('says how many boots would decide half of what is undecided', () => {
  expect(linesOf({ comparisons: [5, 10, 4000].map(undecided) })).toContain('(--boots 15)');
  expect(linesOf({ comparisons: [] })).not.toContain('--boots');
});

test('names what only the new run has', () => {
  const added = [{ scenario: 'quick', variant: 'shpc', operation: 'unplug' as const }];
  expect(linesOf({ added })).toContain('not in nightly: quick/shpc unplug');
});

test('says what to do about other conditions, unless that has been done', () => {
  const comparisons: Comparison[] = [{ ...undecided(1), verdict: 'incomparable' }];
  expect(linesOf({ comparisons })).toContain('--force');
  expect(linesOf({ comparisons, forced: true })).not.toContain('--force');
});
