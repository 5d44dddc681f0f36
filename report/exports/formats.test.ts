import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { madeUpTables } from '../version-tables.fixture.ts';
import { csv } from './csv.ts';
import { EXPORT_FORMATS } from './index.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { openmetrics } from './openmetrics.ts';
import { otavaCsv } from './otava-csv.ts';
import { failedSample, TEST_OPERATION, testComparison, testExport } from './test-export.ts';

test('every format has a name of its own, and can hold a run without results', () => {
  expect(new Set(EXPORT_FORMATS.map(({ name }) => name)).size).toBe(EXPORT_FORMATS.length);
  for (const { render } of EXPORT_FORMATS) expect(render([testExport({ operations: [] })]).text).not.toBe('');
});

test('Markdown: a table per scenario, regressions and their phases first', () => {
  const { text } = markdown.render([testExport({ comparisons: [testComparison()] })]);
  expect(text).toContain('1 of 1 comparisons with good are regressions or failures');
  expect(text).toContain('**regressed: nightly/shpc plug**: 9.9 % slower than good');
  expect(text).toContain('- button-wait: 4600 ms → 5159 ms');
  expect(text).toContain('| shpc | plug | 6 | 24 | 6263 | 6250 to 6280 | 6310 | 0 | regressed 1.10x |');
  expect(text.indexOf('**regressed')).toBeLessThan(text.indexOf('| variant'));
});

test('Markdown: what a guest prints stays text on one line', () => {
  const samples = [failedSample('<script>|`x`\n# [a](b) \u001b[31m')];
  const { text } = markdown.render([testExport({ operations: [{ ...TEST_OPERATION, failures: 1 }], samples })]);
  expect(text).toContain(
    '- nightly/shpc plug timeout: boot 3, cycle 2, disk: \\<script\\>\\|\\`x\\`; \\# \\[a\\](b)  \\[31m',
  );
});

test('Markdown: versions side by side are a table with what changed below it', () => {
  const versions = madeUpTables().map((table) => ({ ...table, scenario: 'nightly' }));
  const { text } = markdown.render([testExport({ versions })]);
  expect(text).toContain('| machine | guest | QEMU 5.2 | QEMU 7.2 | QEMU 10.0 | QEMU 11.1 |\n| --- | --- | ---: |');
  expect(text).toMatch(/\| acpi-i440fx \| Linux 6\.1 \| 1\d\d \| 1\d\d \| 3\d\.\d →0\.\d\dx \| 3\d\.\d \|/);
  expect(text).toMatch(/^- acpi-i440fx, QEMU 7\.2 → 10\.0, on every kernel: faster/m);
});

test('Markdown: without a baseline there is no word of one', () => {
  expect(markdown.render([testExport()]).text).not.toContain('baseline');
});

test('OpenMetrics: seconds, with type, unit and help, labels escaped, and an end', () => {
  const operation = { ...TEST_OPERATION, variant: 'a "quoted"\\\nname' };
  const { text } = openmetrics.render([testExport({ operations: [operation], comparisons: [] })]);
  expect(text).toContain('# TYPE hotplug_bench_latency_median_seconds gauge\n');
  expect(text).toContain('# UNIT hotplug_bench_latency_median_seconds seconds\n');
  expect(text).toContain('# HELP hotplug_bench_latency_median_seconds Median');
  expect(text).toContain(
    'hotplug_bench_latency_median_seconds{scenario="nightly",variant="a \\"quoted\\"\\\\\\nname",operation="plug",accelerator="kvm",clock="real",boot_mode="fresh"} 6.2634\n',
  );
  expect(text).toContain('phase="button-wait",kind="fixed-wait"} 5.159\n');
  expect(text.endsWith('# EOF\n')).toBe(true);
});

test('OpenMetrics: what is not known has no value, and no head either', () => {
  const { p50_ms: _, ...failed } = TEST_OPERATION;
  const { text } = openmetrics.render([testExport({ operations: [{ ...failed, p50_ms: undefined }] })]);
  expect(text).not.toContain('latency_median_seconds');
  expect(text).not.toMatch(/NaN|undefined/);
});

test('OpenMetrics: the verdict is a label', () => {
  const { text } = openmetrics.render([testExport({ comparisons: [testComparison()] })]);
  expect(text).toMatch(/^hotplug_bench_verdict\{.*verdict="regressed"\} 1$/m);
});

test('Otava: a row per run, a number in every metric column; runs with gaps are left out and named', () => {
  const unplug = { ...TEST_OPERATION, operation: 'unplug' as const, p50_ms: 120 };
  const runs = [
    testExport({ startedAt: '2026-03-01T02:00:00.000Z' }),
    testExport({ startedAt: '2026-03-02T02:00:00.000Z', operations: [TEST_OPERATION, unplug] }),
    testExport({ startedAt: '2026-03-03T02:00:00.000Z', operations: [TEST_OPERATION, unplug] }),
  ];
  const { text, notes } = otavaCsv.render(runs);
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(rows).toEqual(
    ['2026-03-02', '2026-03-03'].map((day) => ({
      time: `${day}T02:00:00.000Z`,
      run_id: `${day.replaceAll('-', '')}T020000Z-nightly`,
      commit: 'abc',
      host: 'lab-3',
      'nightly.shpc.plug': '6263.400000',
      'nightly.shpc.unplug': '120.000000',
      'nightly.shpc.plug.failure_rate': '0.000000',
      'nightly.shpc.unplug.failure_rate': '0.000000',
    })),
  );
  expect(notes).toEqual([
    '20260301T020000Z-nightly is left out: it has no nightly.shpc.unplug, nightly.shpc.unplug.failure_rate',
  ]);
});

test('where too many failed for a median to be known, no format has a number for it, and each has the failures', () => {
  const half = {
    ...TEST_OPERATION,
    ...{ n_samples: 20, n_tried: 18, failures: 9, outcomes: { ok: 9, timeout: 9, aborted: 2 } },
    ...{ p50_ms: undefined, p50_ci95_ms: undefined, p90_ms: undefined, p95_ms: undefined, ok_p50_ms: 104 },
    censored: { n_samples: 9, above_ms: 30_000, reason: '' },
  };
  const run = testExport({ operations: [half] });
  expect(otavaCsv.render([run]).text.split('\n')[0]).toBe('time,run_id,commit,host,nightly.shpc.plug.failure_rate');
  const [row]: Record<string, string>[] = parse(csv.render([run]).text, { columns: true });
  expect(row).toMatchObject({ p50_ms: '', n_tried: '18', failure_rate: '0.5', censored_above_ms: '30000.000000' });
  const metrics = openmetrics.render([run]).text;
  expect(metrics).toMatch(/^hotplug_bench_failure_ratio\{.*\} 0\.5$/m);
  expect(metrics).not.toContain('hotplug_bench_latency');
  expect(junit.render([run]).text).toContain('<testcase classname="nightly.shpc" name="plug"');
  expect(junit.render([run]).text).not.toMatch(/testcase.*time=/);
  expect(markdown.render([run]).text).toMatch(/\| plug \| 6 \| 20 \| \\> 30000 \|.*\| 9; 2 not tried \|/);
});

test('runs of earlier versions count what was not tried among the failures, which is taken out', () => {
  const old = {
    ...TEST_OPERATION,
    n_tried: undefined,
    n_samples: 20,
    failures: 3,
    outcomes: { ok: 17, lost: 1, aborted: 2 },
  };
  const [row]: Record<string, string>[] = parse(csv.render([testExport({ operations: [old] })]).text, {
    columns: true,
  });
  expect(row).toMatchObject({ n_tried: '18', failure_rate: String(1 / 18) });
});

test('CSV: a row per variant and operation', () => {
  const { text } = csv.render([testExport({ comparisons: [testComparison()] }), testExport()]);
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    variant: 'shpc',
    operation: 'plug',
    p50_ms: '6263.400000',
    p50_ci95_low_ms: '6250.000000',
    verdict: 'regressed',
    ratio_to_baseline: '1.099',
  });
  expect(rows[1]).toMatchObject({ verdict: '', ratio_to_baseline: '' });
});

test('operations on several devices stay apart in every format', () => {
  const operations = ['one', 'two'].map((deviceId) => ({ ...TEST_OPERATION, device_id: deviceId }));
  const run = testExport({ operations, comparisons: [testComparison({ deviceId: 'two' })] });
  expect(otavaCsv.render([run]).text).toMatch(/nightly\.shpc\.plug\.one,nightly\.shpc\.plug\.two/);
  const metrics = openmetrics.render([run]).text.split('\n');
  expect(new Set(metrics).size).toBe(metrics.length);
  expect(metrics.filter((line) => line.startsWith('hotplug_bench_verdict'))).toEqual([
    expect.stringContaining('device_id="two"'),
  ]);
  expect(markdown.render([run]).text).toMatch(/\| plug one \|.* \| {2}\|\n\| shpc \| plug two \|.*regressed/);
  const rows: Record<string, string>[] = parse(csv.render([run]).text, { columns: true });
  expect(rows.map((row) => [row.device_id, row.verdict])).toEqual([
    ['one', ''],
    ['two', 'regressed'],
  ]);
});

test('JSON: the run, its operations and its comparisons, with keys as in its files', () => {
  const document = JSON.parse(json.render([testExport({ comparisons: [testComparison()] })]).text);
  expect(document).toMatchObject({
    schema_version: 1,
    run_id: '20260301T020000Z-nightly',
    operations: [{ variant: 'shpc', p50_ms: 6263.4 }],
    comparisons: [
      {
        verdict: 'regressed',
        latency: { ratio: 1.099, adjusted_p_value: 0.002 },
        phases: [{ phase: 'button-wait', base_ms: 4600, current_ms: 5159 }],
      },
    ],
  });
  expect(JSON.stringify(document)).not.toMatch(/"[a-z]+[A-Z]/);
});
