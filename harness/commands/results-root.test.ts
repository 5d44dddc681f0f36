import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunDirectory } from '../record/run-directory.ts';
import { makeResultsRoot } from './results-root.ts';

const newRoot = () => mkdtempSync(join(tmpdir(), 'results-root-'));

test('a folder where the link to the newest run has to be is refused before anything is started', async () => {
  const root = newRoot();
  mkdirSync(join(root, 'latest'));
  expect(await makeResultsRoot(root)).toEqual({
    ok: false,
    failure: expect.stringMatching(/latest is no link.*--out/),
  });
});

test.each(['a link to nothing', 'nothing'])('%s is fine there', async (what) => {
  const root = newRoot();
  if (what !== 'nothing') symlinkSync('gone', join(root, 'latest'));
  expect(await makeResultsRoot(root)).toEqual({ ok: true, value: undefined });
});

test('what a killed process of the same number has left is no obstacle', async () => {
  const root = newRoot();
  symlinkSync('elsewhere', join(root, `.latest-${process.pid}`));
  expect((await createRunDirectory(root, 'test', new Date(0))).runId).toBe('19700101T000000Z-test');
});

test('a file system that answers strangely is said, and not tried for ever', async () => {
  expect(await makeResultsRoot('/proc/nothing/there')).toMatchObject({ ok: false });
});
