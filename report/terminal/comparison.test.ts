import { expect, test } from 'vitest';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { comparisonLines } from './comparison.ts';

const regressed: Comparison = {
  scenario: 'quick',
  variant: 'shpc',
  operation: 'plug',
  base: { label: 'nightly', boots: 10, samples: 40, failures: 0, medianMs: 6123 },
  current: { label: '20260131T020000Z-quick', boots: 10, samples: 40, failures: 0, medianMs: 6735 },
  verdict: 'regressed',
  reason: '10.0 % slower (95 % interval 8.1 to 11.9 %): 6123 to 6735 ms; button-wait +612 ms',
  latency: {
    ratio: { value: 1.1, ci95: [1.081, 1.119], warnings: [] },
    differenceMs: { value: 612, ci95: [490, 730], warnings: [] },
    shiftMs: 610,
    cliffsDelta: 1,
    pValue: 1e-5,
    adjustedPValue: 2e-5,
    method: 'permutation',
  },
  phases: [],
  threshold: { relative: 0.02, absoluteMs: 0 },
  differences: [],
  warnings: [],
};
const missing: Comparison = {
  scenario: 'quick',
  variant: 'acpi',
  operation: 'plug',
  base: { label: 'nightly', boots: 10, samples: 40, failures: 0, medianMs: 57 },
  verdict: 'missing',
  reason: 'nightly has it, this run does not',
  phases: [],
  threshold: { relative: 0.02, absoluteMs: 0 },
  differences: [],
  warnings: [],
};

test('a table with every metric, then what is to be said of those that are not as before, then a count', () => {
  expect(comparisonLines([regressed, missing], false)).toEqual([
    '',
    'quick: nightly → 20260131T020000Z-quick',
    '',
    'variant  operation  base ms  new ms   change      95 % interval  p (Holm)  verdict',
    '-------  ---------  -------  ------  -------  -----------------  --------  ---------',
    'shpc     plug          6123    6735  +10.0 %  +8.1 % to +11.9 %  < 0.0001  regressed',
    'acpi     plug          57.0       -                                        missing',
    'shpc plug: regressed: 10.0 % slower (95 % interval 8.1 to 11.9 %): 6123 to 6735 ms; button-wait +612 ms',
    'acpi plug: missing: nightly has it, this run does not',
    '',
    '1 regressed, 1 missing',
  ]);
});

test('says how many boots more an undecided metric takes', () => {
  const open: Comparison = { ...regressed, verdict: 'undecided', moreBoots: 12 };
  expect(comparisonLines([open], false).join('\n')).toContain('undecided (12 more boots)');
});

test('without anything to compare says so', () => {
  expect(comparisonLines([], false)).toEqual(['nothing to compare']);
});

test('shows on how many boots a deadline was missed, where there is one', () => {
  const counts = { samples: 40, boots: 10 };
  const late: Comparison = {
    ...regressed,
    deadline: {
      limitMs: 3000,
      base: { ...counts, missed: 0, missedBoots: 0 },
      current: { ...counts, missed: 5, missedBoots: 4 },
      adjustedPValue: 0.04,
    },
  };
  const lines = comparisonLines([late, missing], false);
  expect(lines[3]).toMatch(/p \(Holm\) +late boots +verdict$/);
  expect(lines[5]).toMatch(/0 → 4 of 10 > 3000 +regressed$/);
});
