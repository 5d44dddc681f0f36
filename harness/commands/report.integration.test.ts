import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeSyntheticRun } from '../../report/synthetic-run.ts';
import { EXIT } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';

const bench = (...words: readonly string[]) =>
  execa('node', ['scripts/bench.mjs', 'report', ...words], { cwd: projectRoot, reject: false });

test('bench report writes the page of a run and says where it is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-report-'));
  const run = join(directory, 'run');
  await writeSyntheticRun(run, { runId: 'run', scenario: 'quick', variants: ['shpc'], boots: 1, cycles: 1 });
  const { exitCode, stdout, stderr } = await bench(run);
  expect(exitCode, stderr).toBe(EXIT.ok);
  expect(stdout).toBe(join(run, 'report.html'));
  expect(await readFile(join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s);
});

test('a directory that is no run is bad usage, and named', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-report-'));
  const { exitCode, stderr } = await bench(directory);
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toContain(`${directory}/run.json cannot be read`);
});
