import { expect, test } from 'vitest';
import { comparisonJson } from '../../harness/record/comparison-json.ts';
import { TEST_OPERATION, testComparison } from '../exports/test-export.ts';
import { summaryJson } from './parse-files.ts';
import { parseSamples } from './samples.ts';

test('clock and boot mode of an operation are read; a file from before there were two is of real time and fresh boots', () => {
  const { clock: _, boot_mode: __, ...old } = TEST_OPERATION;
  const operations = [{ ...TEST_OPERATION, clock: 'virtual', boot_mode: 'snapshot' }, old];
  expect(summaryJson.parse({ operations }).operations).toMatchObject([
    { clock: 'virtual', boot_mode: 'snapshot' },
    { clock: 'real', boot_mode: 'fresh' },
  ]);
});

test('comparisons are read as they were written, with what they were made with', () => {
  const comparisons = ['reference', 'baseline'].map((side) => ({ with: side, ...comparisonJson(testComparison()) }));
  const read = summaryJson.parse({ operations: [], comparisons: JSON.parse(JSON.stringify(comparisons)) });
  expect(read.comparisons).toEqual([
    { with: 'reference', ...testComparison() },
    { with: 'baseline', ...testComparison() },
  ]);
});

test('comparisons in a form that this version does not know are left out, and cost the report nothing else', () => {
  const read = summaryJson.parse({ operations: [TEST_OPERATION], comparisons: [{ with: 'something' }] });
  expect(read).toMatchObject({ operations: [{ variant: 'shpc' }], comparisons: [] });
});

test('the kind of device stays with a sample', () => {
  const csv = 'scenario,variant,operation,device,device_id,outcome,order\nquick,shpc,plug,nvme,disk2,timeout,1\n';
  expect(parseSamples(csv)).toMatchObject([{ device: 'nvme', sample: { deviceId: 'disk2', outcome: 'timeout' } }]);
});
