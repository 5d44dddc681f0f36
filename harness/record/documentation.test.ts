import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { CONDITIONS, type Condition, PURPOSES } from './conditions.ts';
import { PHASE_COLUMNS } from './phases-csv.ts';
import { SAMPLE_COLUMNS } from './samples-csv.ts';

const documentation = readFileSync(join(projectRoot, 'results', 'README.md'), 'utf8');

/** The names in code in the first cells of the first table of a section. */
function namesIn(section: string): readonly string[] {
  const text = documentation.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const table = /(?:^\|.*\n)+/m.exec(text)?.[0] ?? '';
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
}

test('every column of samples.csv is described in results/README.md, and no other', () => {
  const columns = SAMPLE_COLUMNS.map(([name]) => name);
  expect(namesIn('samples.csv').toSorted()).toEqual(columns.toSorted());
});

test('phases.csv has what it shares with samples.csv, and the columns described beside it', () => {
  const shared = SAMPLE_COLUMNS.map(([name]) => name);
  const own = PHASE_COLUMNS.map(([name]) => name).filter((name) => !shared.includes(name) || name === 'start_ms');
  expect(namesIn('phases.csv').toSorted()).toEqual(own.toSorted());
});

/** A condition as a row for people. */
function rowOf(condition: Condition): string {
  const { name, onlyInRealTime, planned, ofSeries, why } = condition;
  const meanings = PURPOSES.map((purpose) => {
    if (purpose === 'history' && ofSeries) return 'own series';
    const byPlan = planned && (purpose === 'resume' || purpose === 'merge');
    return byPlan ? `${condition[purpose]} (plan)` : condition[purpose];
  });
  return `| ${[onlyInRealTime ? `${name} *` : name, ...meanings, why].join(' | ')} |`;
}

test('the table of conditions in results/README.md is the one of the code', () => {
  const rows = documentation.split('\n## Conditions\n')[1]?.split('\n## ')[0]?.split('\n') ?? [];
  const table = rows.filter((row) => row.startsWith('|')).slice(2);
  expect(table).toEqual(CONDITIONS.map(rowOf));
});
