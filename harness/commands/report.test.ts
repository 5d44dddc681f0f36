import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { analyseCommand } from './analyse.ts';
import { reportCommand } from './report.ts';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

/** To a file beside the page. */
const LINK = /href="?\.\/(logs|recording|samples)/;

test('a page of several runs can be a file of its own: that of the first stays, and nothing links to what is not beside it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'report-'));
  // Facts and a summary are what a page has its links beside.
  const runs = await Promise.all(
    [1, 2].map((seed) => writeRecordedRun(join(root, `run-${seed}-0`), { seed, boots: 1 })),
  );
  for (const run of runs) await analyseCommand(run);
  const out = join(root, 'both.html');
  expect(await reportCommand(runs, { out })).toBe(EXIT.ok);
  expect(existsSync(join(runs[0] ?? '', 'report.html'))).toBe(false);
  const page = readFileSync(out, 'utf8');
  expect(page).toContain('run-2-0');
  expect(LINK.test(page)).toBe(false);
  expect(await reportCommand(runs, {})).toBe(EXIT.ok);
  expect(LINK.test(readFileSync(join(runs[0] ?? '', 'report.html'), 'utf8'))).toBe(true);
});
