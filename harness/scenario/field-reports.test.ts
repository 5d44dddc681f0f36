import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { loadScenarioFiles } from './load.ts';

/** The field reports: each scenario says whose report it is, and docs/reports.md has what it measured. */

const REPORTS = 23;
const DIRECTORY = 'scenarios/reports';
const files = readdirSync(join(projectRoot, DIRECTORY)).map((name) => join(DIRECTORY, name));
const page = readFileSync(join(projectRoot, 'docs/reports.md'), 'utf8');

/** Lines of the tables that begin with a report's number. */
const rows = page.split('\n').filter((line) => /^\| \d\d /.test(line));

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(projectRoot, file), 'utf8');

  test('is sound, asks a question and is named after its file', async () => {
    const loaded = await loadScenarioFiles([join(projectRoot, file)]);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    const [scenario] = loaded.value;
    expect(scenario?.name).toBe(basename(file, '.yaml'));
    expect(scenario?.question).toContain('?');
  });

  test('says whose report it is, what was seen then, and what is done here', () => {
    expect(text).toMatch(/^# Source: \S/m);
    expect(text).toMatch(/^# Reported: \S/m);
    expect(text).toMatch(/^# Here: \S/m);
  });

  test('is in the row of its number in docs/reports.md', () => {
    const number = basename(file).slice(0, 2);
    const row = rows.find((line) => line.startsWith(`| ${number} `));
    expect(row).toContain(`(../${file})`);
  });
});

test('docs/reports.md has every report once, in order', () => {
  const numbers = rows.map((line) => Number(line.slice(2, 4)));
  expect(numbers).toEqual(Array.from({ length: REPORTS }, (_, index) => index + 1));
});

test('docs/reports.md links only scenarios that there are', () => {
  const linked = [...page.matchAll(/\(\.\.\/(scenarios\/reports\/[^)]+)\)/g)].map(([, file]) => file);
  expect(linked.filter((file) => file === undefined || !files.includes(file))).toEqual([]);
});
