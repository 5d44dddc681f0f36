import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunDirectory, writeJson } from './run-directory.ts';

const root = () => join(mkdtempSync(join(tmpdir(), 'runs-')), 'results');
const now = new Date('2026-01-02T03:04:05.999Z');

test('a run directory is named by UTC time and scenario, and latest points at it', async () => {
  const results = root();
  const { path, runId } = await createRunDirectory(results, 'quick', now);
  expect(runId).toBe('20260102T030405Z-quick');
  expect(readdirSync(path).toSorted()).toEqual(['logs', 'recording']);
  expect(readlinkSync(join(results, 'latest'))).toBe(runId);
});

test('two runs within one second get directories of their own, and latest moves on', async () => {
  const results = root();
  await createRunDirectory(results, 'quick', now);
  const second = await createRunDirectory(results, 'quick', now);
  expect(second.runId).toBe('20260102T030405Z-quick-2');
  expect(readlinkSync(join(results, 'latest'))).toBe(second.runId);
});

test('a JSON file is replaced whole and leaves nothing beside it', async () => {
  const { path } = await createRunDirectory(root(), 'quick', now);
  await writeJson(join(path, 'run.json'), { status: 'partial' });
  await writeJson(join(path, 'run.json'), { status: 'complete' });
  expect(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))).toEqual({ status: 'complete' });
  expect(readdirSync(path).toSorted()).toEqual(['logs', 'recording', 'run.json']);
});
