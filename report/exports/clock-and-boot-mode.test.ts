import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { convert } from 'xmlbuilder2';
import { csv } from './csv.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { openmetrics } from './openmetrics.ts';
import { otavaCsv } from './otava-csv.ts';
import { RESTORED_OPERATIONS, TEST_OPERATION, testComparison, testExport, VIRTUAL_OPERATION } from './test-export.ts';

/** What was compared with the baseline are the restored boots. */
const run = testExport({
  operations: [TEST_OPERATION, ...RESTORED_OPERATIONS, VIRTUAL_OPERATION],
  comparisons: [testComparison({ variant: 'restored', operation: 'boot' })],
});

test('OpenMetrics: no two series have the same labels, and the verdict is that of the restored boots', () => {
  const lines = openmetrics.render([run]).text.split('\n');
  const series = lines.flatMap((line) => /^\w+\{.*\}/.exec(line) ?? []);
  expect(new Set(series).size).toBe(series.length);
  expect(lines).toContainEqual(expect.stringMatching(/median_seconds\{.*clock="virtual",boot_mode="fresh"\}/));
  expect(lines.filter((line) => line.startsWith('hotplug_bench_verdict'))).toEqual([
    expect.stringContaining('boot_mode="snapshot"'),
  ]);
});

test('CSV: a column for the clock and one for the boot mode', () => {
  const { text } = csv.render([run]);
  expect(text.split('\n')[0]).toContain(',clock,boot_mode,');
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(rows.map((row) => [row.variant, row.operation, row.clock, row.boot_mode, row.verdict])).toEqual([
    ['shpc', 'plug', 'real', 'fresh', ''],
    ['restored', 'boot', 'real', 'fresh', ''],
    ['restored', 'boot', 'real', 'snapshot', 'regressed'],
    ['restored', 'plug', 'real', 'snapshot', ''],
    ['virtual', 'plug', 'virtual', 'fresh', ''],
  ]);
});

test('Otava: a series of its own for each clock and boot mode', () => {
  const rows: Record<string, string>[] = parse(otavaCsv.render([run]).text, { columns: true });
  expect(rows).toMatchObject([
    {
      'nightly.shpc.plug': '6263.400000',
      'nightly.restored.boot': '8000.000000',
      'nightly.restored.boot.snapshot': '300.000000',
      'nightly.restored.plug.snapshot': '6263.400000',
      'nightly.virtual.plug.virtual': '6263.400000',
    },
  ]);
});

test('JUnit: no two cases have the same name, and only the restored boots have regressed', () => {
  const { testsuites } = convert(junit.render([run]).text, { format: 'object' }) as unknown as {
    testsuites: { testsuite: { testcase: { '@classname': string; '@name': string; failure?: object }[] } };
  };
  const cases = testsuites.testsuite.testcase;
  expect(cases.map((one) => [one['@classname'], one['@name'], one.failure !== undefined])).toEqual([
    ['nightly.shpc', 'plug', false],
    ['nightly.restored', 'boot', false],
    ['nightly.restored', 'boot, restored', true],
    ['nightly.restored', 'plug', false],
    ['nightly.virtual', 'plug, virtual', false],
  ]);
});

test('Markdown: the same names', () => {
  const { text } = markdown.render([run]);
  expect(text).toContain('**regressed: nightly/restored boot, restored**');
  expect(text).toMatch(/\| restored \| boot \|.* \| {2}\|\n\| restored \| boot, restored \|.*regressed/);
  expect(text).toContain('| virtual | plug, virtual |');
});

test('JSON: both are keys of an operation', () => {
  const { operations } = JSON.parse(json.render([run]).text);
  expect(operations.at(-1)).toMatchObject({ clock: 'virtual', boot_mode: 'fresh' });
});

test('a regression of what the summary lacks is not lost', () => {
  const alone = testExport({ operations: [], comparisons: [testComparison()] });
  expect(junit.render([alone]).text).toMatch(/failures="1"[\s\S]*name="plug"[\s\S]*type="regressed"/);
});
