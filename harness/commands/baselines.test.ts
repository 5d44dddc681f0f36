import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { saveBaseline } from '../history/baselines.ts';
import { writtenNights } from '../history/test-night.ts';
import { baselinesCommand } from './baselines.ts';

afterEach(() => vi.restoreAllMocks());

async function said(root: string, json: boolean): Promise<string> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  expect(await baselinesCommand(root, { json })).toBe(EXIT.ok);
  return stdout;
}

test('each baseline has its host and its run; one that leads nowhere says so', async () => {
  const { root, directories } = await writtenNights(1, 1);
  const saved = await saveBaseline(root, directories[0] ?? '', 'nightly');
  if (!saved.ok) throw new Error(saved.failure);
  symlinkSync('gone', join(saved.value.directory, '..', 'old'));
  expect(JSON.parse(await said(root, true))).toMatchObject([
    { name: 'nightly', host_key: saved.value.hostKey, this_host: false, variants: [expect.stringContaining('/')] },
    { name: 'old', unusable: 'it has no run.json' },
  ]);
  expect(await said(root, false)).toMatch(/^nightly +synthetic-\S+ +\S+-nightly/m);
});

test('without any it says how one is made', async () => {
  expect(await said('/nowhere', false)).toContain('--save-baseline');
});
