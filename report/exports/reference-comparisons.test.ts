import { expect, test } from 'vitest';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { openmetrics } from './openmetrics.ts';
import { TEST_OPERATION, testComparison, testExport } from './test-export.ts';

const base = { label: 'shpc', boots: 6, samples: 24, failures: 0, medianMs: 5700 };
const run = testExport({
  operations: [TEST_OPERATION, { ...TEST_OPERATION, variant: 'native' }],
  comparisons: [testComparison({ verdict: 'unchanged' })],
  references: [testComparison({ variant: 'native', base })],
});

test('Markdown: a column of its own, in words that do not sound like an alarm', () => {
  const { text } = markdown.render([run]);
  expect(text).toContain('| failures | against shpc | baseline |');
  expect(text).toMatch(/\| shpc \| plug \|.*\| 0 \| {2}\| unchanged 1\.10x \|/);
  expect(text).toMatch(/\| native \| plug \|.*\| 0 \| slower 1\.10x \| {2}\|/);
  expect(text).toContain('no regression in 1 comparisons');
});

test('JSON: a list of its own', () => {
  const document = JSON.parse(json.render([run]).text);
  expect(document.comparisons).toHaveLength(1);
  expect(document.reference_comparisons).toMatchObject([
    { variant: 'native', base: { label: 'shpc' }, verdict: 'regressed' },
  ]);
});

test('no alarm in any format', () => {
  expect(junit.render([run]).text).toContain('failures="0"');
  expect(openmetrics.render([run]).text).not.toContain('regressed');
});
