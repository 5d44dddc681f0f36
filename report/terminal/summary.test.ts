import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { OperationSummary } from '../../harness/statistics/summary.ts';
import { summaryLines } from './summary.ts';

const shpc: OperationSummary = {
  scenario: 'quick',
  variant: 'shpc',
  operation: 'plug',
  bootMode: 'fresh',
  clock: 'real',
  boots: 2,
  samples: 4,
  tried: 4,
  outcomes: { ok: 3, timeout: 1 },
  failures: 1,
  failureRate: { value: 0.25, warnings: [] },
  latency: {
    minMs: 6100,
    p50Ms: 6123.4,
    p50Ci95: [6101, 6150.2],
    p90Ms: 6200,
    p95Ms: 6210,
    okP50Ms: 6123.4,
    maxMs: 6210,
    madMs: 10,
    rangeMs: 110,
    drift: { driftMs: 0, pValue: 1 },
    outliers: [],
    warnings: ['p90 needs about 20 boots for an interval'],
  },
  deadline: { limitMs: 3000, missed: 3, samples: 20 },
  warnings: ['2 boots: quantiles are rough below 6'],
};
const broken: OperationSummary = {
  scenario: 'quick',
  variant: 'acpi',
  operation: 'plug',
  bootMode: 'fresh',
  clock: 'real',
  boots: 1,
  samples: 1,
  tried: 1,
  outcomes: { lost: 1 },
  failures: 1,
  failureRate: { value: 1, warnings: [] },
  ratioToReference: 0.01,
  warnings: [],
};
const conditions = [
  { scenario: 'quick', accelerator: 'tcg', why: 'no usable KVM', kernel: 'Debian 6.1' },
  { scenario: 'quick', accelerator: 'tcg', why: 'no usable KVM', kernel: 'Debian 6.1' },
];

test('the table says what was run on what, the figures, and the failures by kind', () => {
  expect(summaryLines([shpc, broken], conditions, false).join('\n')).toBe(
    [
      '',
      'quick',
      'tcg (no usable KVM); guest kernel Debian 6.1',
      '',
      'variant  operation  boots  n  p50 ms  95 % interval  p95 ms  vs ref      late  failures',
      '-------  ---------  -----  -  ------  -------------  ------  ------  --------  ------------',
      'shpc     plug           2  4    6123   6101 to 6150    6210          3 > 3000  1: 1 timeout',
      'acpi     plug           1  1       -                      -  0.010x            1: 1 lost',
      'note: shpc plug: 2 boots: quantiles are rough below 6',
    ].join('\n'),
  );
});

test('colour changes nothing but colour', () => {
  const coloured = summaryLines([shpc, broken], conditions, true).join('\n');
  expect(coloured).not.toBe(stripVTControlCharacters(coloured));
  expect(stripVTControlCharacters(coloured)).toBe(summaryLines([shpc, broken], conditions, false).join('\n'));
});
