import { expect, test } from 'vitest';
import { TEST_OPERATION, testComparison } from '../../report/exports/test-export.ts';
import { comparisonJson } from './comparison-json.ts';
import { summaryFile } from './summary-file.ts';

test('clock and boot mode of an operation are read; a file from before there were two is of real time and fresh boots', () => {
  const { clock: _, boot_mode: __, ...old } = TEST_OPERATION;
  const operations = [{ ...TEST_OPERATION, clock: 'virtual', boot_mode: 'snapshot' }, old];
  expect(summaryFile.parse({ operations }).operations).toMatchObject([
    { clock: 'virtual', boot_mode: 'snapshot' },
    { clock: 'real', boot_mode: 'fresh' },
  ]);
});

test('comparisons are read as they were written, with what they were made with', () => {
  const comparisons = ['reference', 'baseline'].map((side) => ({ with: side, ...comparisonJson(testComparison()) }));
  const read = summaryFile.parse({ operations: [], comparisons: JSON.parse(JSON.stringify(comparisons)) });
  expect(read.comparisons).toEqual([
    { with: 'reference', ...testComparison() },
    { with: 'baseline', ...testComparison() },
  ]);
});

test('comparisons in a form that this version does not know are left out, and cost the report nothing else', () => {
  const read = summaryFile.parse({ operations: [TEST_OPERATION], comparisons: [{ with: 'something' }] });
  expect(read).toMatchObject({ operations: [{ variant: 'shpc' }], comparisons: [] });
});
