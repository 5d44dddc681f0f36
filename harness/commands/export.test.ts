import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeSyntheticRun } from '../../report/synthetic-run.ts';
import { EXIT } from '../exit-codes.ts';
import { writtenNights } from '../history/test-night.ts';
import { exportCommand } from './export.ts';

const written = { out: '', err: '' };

beforeEach(() => {
  Object.assign(written, { out: '', err: '' });
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.out += String(chunk);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written.err += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Two runs, a link to the newer one, and what else lies in a folder of results. */
async function folder(): Promise<{ root: string; names: readonly string[] }> {
  const root = await mkdtemp(join(tmpdir(), 'export-'));
  for (const runId of ['one', 'two']) {
    await mkdir(join(root, runId));
    await writeSyntheticRun(join(root, runId), { runId, scenario: 'quick', variants: ['shpc'], boots: 2, cycles: 1 });
  }
  await symlink('two', join(root, 'latest'));
  await mkdir(join(root, 'half'));
  await writeFile(join(root, 'half', 'run.json'), '{ "run_id": ');
  await writeFile(join(root, 'README.md'), '');
  return { root, names: ['README.md', 'half', 'latest', 'one', 'two'].map((name) => join(root, name)) };
}

test.each(['csv', 'otava'])('%s: what cannot be read is named and left out, and a run counts once', async (format) => {
  const { root, names } = await folder();
  expect(await exportCommand(names, { format })).toBe(EXIT.ok);
  const rows: Record<string, string>[] = parse(written.out, { columns: true });
  expect(new Set(rows.map((row) => row.run_id))).toEqual(new Set(['one', 'two']));
  expect(rows).toHaveLength(format === 'otava' ? 2 : 6);
  expect(written.err).toContain(`${join(root, 'half')} is left out: `);
  expect(written.err).toContain(`${join(root, 'README.md')} is left out: `);
});

test('where nothing can be read there is nothing on standard output, and a code that says so', async () => {
  const { root } = await folder();
  expect(await exportCommand([join(root, 'half'), join(root, 'README.md')], { format: 'csv' })).toBe(EXIT.usage);
  expect(await exportCommand([join(root, 'half')], { format: 'junit' })).toBe(EXIT.usage);
  expect(written.out).toBe('');
});

test('--history: what bench history reports of the folder, also when the run is named by a link', async () => {
  const { root, directories } = await writtenNights(150, 1);
  const latest = join(await mkdtemp(join(tmpdir(), 'export-link-')), 'latest');
  await symlink(directories.at(-1) ?? '', latest);
  // The plug of the first synthetic variant is 10 % slower after four fifths of the nights.
  expect(await exportCommand([latest], { format: 'junit', history: true })).toBe(EXIT.ok);
  expect(written.out).toMatch(/failures="1"[\s\S]*name="history: plug \(synthetic, tcg\)"[\s\S]*since 2016-0[45]-/);
  expect(await exportCommand([join(root, '..', 'nothing')], { format: 'junit', history: true })).toBe(EXIT.usage);
});

test('--history: refused for formats that cannot say it', async () => {
  const { root } = await folder();
  expect(await exportCommand([join(root, 'one')], { format: 'csv', history: true })).toBe(EXIT.usage);
  expect(written.err).toBe('--history: only markdown and junit can say what the history has found\n');
});
