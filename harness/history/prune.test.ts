import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseKeep, planPrune } from './prune.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const RUNS = [1, 2, 3, 4, 5].map((day) => `2026030${day}T020000Z-suite`);

function results(): string {
  const root = mkdtempSync(join(tmpdir(), 'prune-'));
  for (const name of RUNS) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'run.json'), '{}');
  }
  return root;
}

function removed(root: string, keep: string) {
  const parsed = parseKeep(keep);
  const plan = parsed && planPrune(root, parsed, NOW);
  if (!plan?.ok) throw new Error('no plan');
  return plan.value.remove.map((directory) => basename(directory));
}

test('the newest runs stay', () => {
  expect(removed(results(), '2')).toEqual(RUNS.slice(0, 3));
  expect(removed(results(), '5')).toEqual([]);
  expect(removed(results(), '0')).toEqual(RUNS);
});

test('the runs of the last days stay', () => {
  expect(removed(results(), '7d')).toEqual(RUNS.slice(0, 3));
  expect(removed(results(), '90d')).toEqual([]);
});

test('what a baseline or latest leads to is never removed', () => {
  const root = results();
  symlinkSync(RUNS[0] ?? '', join(root, 'latest'));
  mkdirSync(join(root, 'baselines', 'host-1'), { recursive: true });
  symlinkSync(join(root, RUNS[1] ?? ''), join(root, 'baselines', 'host-1', 'good'));
  expect(removed(root, '0')).toEqual(RUNS.slice(2));
});

test('what is not a run directory is never removed', () => {
  const root = results();
  mkdirSync(join(root, '20260301T020000Z-no-run-json'));
  for (const name of ['notes', 'baselines', '.cache']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'notes', 'run.json'), '{}');
  writeFileSync(join(root, '20260301T020000Z-file'), '');
  const elsewhere = results();
  symlinkSync(join(elsewhere, RUNS[0] ?? ''), join(root, '20260301T030000Z-link'));
  expect(removed(root, '0')).toEqual(RUNS);
});

test.each(['', 'd', '-1', '1.5', '3w', '30 d', 'all'])('"%s" is nothing to keep by', (text) => {
  expect(parseKeep(text)).toBeUndefined();
});
