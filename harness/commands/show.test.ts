import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { showCommand } from './show.ts';

let said = { stdout: '', stderr: '' };
beforeEach(() => {
  said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const run = () => writeRecordedRun(join(mkdtempSync(join(tmpdir(), 'show-')), 'run'), { boots: 2 });

test('without a number it lists failures first, what was not tried apart, and what to type', async () => {
  const directory = await run();
  const file = join(directory, 'samples.csv');
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n');
  const failed = (row: string, outcome: string) => row.replace(/,ok,[\d.]+,/, `,${outcome},,`);
  writeFileSync(
    file,
    `${[...rows.slice(0, 11), failed(rows[11] ?? '', 'timeout'), failed(rows[12] ?? '', 'aborted')].join('\n')}\n`,
  );
  expect(await showCommand(directory, [], {})).toBe(EXIT.ok);
  const [, , first = ''] = said.stdout.split('\n');
  expect(first).toMatch(/^ +11 {2}plug of disk .* timeout/);
  expect(said.stdout).toContain('1 more were never tried');
  expect(said.stdout).toMatch(/show \S+ 11\n$/);
});

test('several numbers, as JSON with keys as in the files', async () => {
  const directory = await run();
  expect(await showCommand(directory, ['2', '3'], { json: true })).toBe(EXIT.ok);
  const shown = JSON.parse(said.stdout);
  expect(shown.map(({ order, operation }: { order: number; operation: string }) => [order, operation])).toEqual([
    [2, 'plug'],
    [3, 'unplug'],
  ]);
  expect(shown[0]).toMatchObject({
    run_id: 'run-1-0',
    outcome: 'ok',
    phases: expect.arrayContaining([expect.objectContaining({ phase: 'driver-probe' })]),
  });
  expect(shown[0].lines.find(({ at_ms }: { at_ms: number }) => at_ms === 0).text).toContain('device_add');
});

test.each(['0', '13', 'x', '1.5', ''])('"%s" is no sample, and it says which there are', async (number) => {
  expect(await showCommand(await run(), [number], {})).toBe(EXIT.usage);
  expect(said.stderr).toMatch(/is no sample of .*: a number from 1 to 12 is expected/);
  expect(said.stdout).toBe('');
});
