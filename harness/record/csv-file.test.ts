import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Columns, createCsvFile, whole } from './csv-file.ts';

function copyOf(file: string): string {
  writeFileSync(`${file}.copy`, 'n\n');
  return `${file}.copy`;
}

const COLUMNS: Columns<number> = [['n', (value) => value, whole]];

test.each([
  ['is removed', (file: string) => rmSync(file)],
  ['is moved', (file: string) => renameSync(file, `${file}.moved`)],
  ['is replaced', (file: string) => renameSync(copyOf(file), file)],
  ['has its folder moved', (file: string) => renameSync(join(file, '..'), `${join(file, '..')}-moved`)],
])('a file that %s while it is written takes no more rows', (_, damage) => {
  const file = join(mkdtempSync(join(tmpdir(), 'csv-file-')), 'rows.csv');
  const written = createCsvFile(file, COLUMNS);
  written.append([1]);
  expect(readFileSync(file, 'utf8')).toBe('n\n1\n');
  damage(file);
  expect(() => written.append([2])).toThrow(/rows\.csv was removed, moved or replaced while the run went on/);
  written.close();
});
