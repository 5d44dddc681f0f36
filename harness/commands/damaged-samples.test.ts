import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readReport } from '../../report/model/read-report.ts';
import { EXIT } from '../exit-codes.ts';
import { readMeasuredRun } from '../history/compare-runs.ts';
import { query } from '../history/query.ts';
import { readHistory } from '../history/read-history.ts';
import { writtenNights } from '../history/test-night.ts';
import { writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { exportCommand } from './export.ts';
import { mergeCommand } from './merge.ts';

/** Sound runs, made once and copied for each damage: folders of two runs, and of the two parts of one. */
let nights: { readonly root: string; readonly directories: readonly string[] };
let halves: string;
beforeAll(async () => {
  nights = await writtenNights(2, 1);
  halves = mkdtempSync(join(tmpdir(), 'halves-'));
  for (const index of [1, 2]) await writeRecordedRun(join(halves, `part-${index}`), { shard: { index, of: 2 } });
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'damaged-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

let stderr = '';
beforeEach(() => {
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Puts text in place of a column's in the last row. */
function lastRow(column: string, text: string) {
  return (csv: string) => {
    const lines = csv.trimEnd().split('\n');
    const place = lines[0]?.split(',').indexOf(column) ?? -1;
    const row = lines.at(-1)?.split(',').with(place, text).join(',') ?? '';
    return `${[...lines.slice(0, -1), row].join('\n')}\n`;
  };
}
const last = (csv: string) => `${csv.trimEnd().split('\n').at(-1)}\n`;

/** What can become of samples.csv, and what is said of it. */
const DAMAGES: readonly (readonly [what: string, damage: (csv: string) => string | undefined, said: RegExp])[] = [
  ['gone', () => undefined, /samples\.csv cannot be read/],
  ['empty', () => '', /cut off in its last line/],
  ['no table', () => '\0\x01\n\xff\n', /samples\.csv/],
  ['cut off in a row', (csv) => csv.slice(0, -30), /cut off in its last line/],
  [
    'cut off after a row',
    (csv) => csv.slice(0, csv.trimEnd().lastIndexOf('\n') + 1),
    /rows of \d+ that its run\.json counts/,
  ],
  ['of more rows', (csv) => csv + last(lastRow('order', '999')(lastRow('cycle', '77')(csv))), /rows of \d+/],
  ['a row twice', (csv) => csv + last(csv), /once more/],
  ['an operation twice', (csv) => csv + last(lastRow('order', '999')(csv)), /once more/],
  ['without a column', (csv) => csv.replaceAll(/^([^,\n]*),[^,\n]*/gm, '$1'), /has no column scenario/],
  ['a negative latency', lastRow('latency_ms', '-0.5'), /its latency_ms is "-0\.5"/],
  ['a latency without end', lastRow('latency_ms', '1e999'), /its latency_ms/],
  ['a latency that is no number', lastRow('latency_ms', 'NaN'), /its latency_ms/],
  ['a good one without a latency', lastRow('latency_ms', ''), /which is ok and has the latency ""/],
  ['a failed one with a latency', lastRow('outcome', 'timeout'), /which is timeout and has the latency/],
  ['an outcome that there is not', lastRow('outcome', 'fine'), /its outcome is "fine"/],
  ['half a number', lastRow('boot', '1.5'), /its boot is "1\.5"/],
];

function spoil(directory: string, damage: (csv: string) => string | undefined): void {
  const file = join(directory, 'samples.csv');
  const damaged = damage(readFileSync(file, 'utf8'));
  if (damaged === undefined) rmSync(file);
  else writeFileSync(file, damaged);
}

describe.each(DAMAGES)('samples.csv: %s', (_, damage, said) => {
  test('compare, history, query, report and export leave the run out, and say why', async () => {
    const root = copyOf(nights.root);
    const [good = '', bad = ''] = nights.directories.map((directory) => join(root, basename(directory)));
    spoil(bad, damage);

    expect(readMeasuredRun(good)).toMatchObject({ ok: true });
    expect(readMeasuredRun(bad)).toMatchObject({ ok: false, failure: expect.stringMatching(said) });

    const skipped = [{ directory: bad, reason: expect.stringMatching(said) }];
    expect(await readHistory(root, () => [], [])).toMatchObject({ ok: true, value: { runs: 1, skipped } });

    const answer = await query(root, 'SELECT DISTINCT run_id FROM samples', { note: () => {} });
    expect(answer).toMatchObject({ ok: true, value: { rows: [[basename(good)]], skipped } });

    expect(await readReport([bad])).toMatchObject({ ok: false, failure: expect.stringMatching(said) });
    const report = await readReport([good, bad]);
    expect(report).toMatchObject({ ok: true, value: { runs: [{ warnings: [expect.stringMatching(said)] }] } });

    expect(await exportCommand([good, bad], { format: 'csv' })).toBe(EXIT.ok);
    expect(stderr).toContain(`${bad} is left out`);
    expect(stderr).toMatch(said);
  });

  test('merge refuses the part, and says why', async () => {
    const root = copyOf(halves);
    const parts = [join(root, 'part-1'), join(root, 'part-2')];
    spoil(parts[1] ?? '', damage);
    expect(await mergeCommand(parts, { out: join(root, 'out') }, ['merge'])).toBe(EXIT.usage);
    expect(stderr).toContain(`${parts[1]}: its samples.csv`);
    expect(stderr).toMatch(said);
    rmSync(root, { recursive: true });
  });
});
