import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { soundScenarioOf } from '../scenario/test-scenario.ts';
import { initCommand } from './init.ts';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const newFile = () => join(mkdtempSync(join(tmpdir(), 'init-')), 'first.yaml');

test('what is written is a sound scenario, whose schema line leads to the schema', async () => {
  const file = newFile();
  expect(await initCommand(file)).toBe(EXIT.ok);
  const text = readFileSync(file, 'utf8');
  expect(soundScenarioOf(text, file).variants.map(({ name }) => name)).toEqual(['acpi', 'native']);
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
  expect(JSON.parse(readFileSync(resolve(dirname(file), schema), 'utf8'))).toMatchObject({ type: 'object' });
});

test('a file that is there stays as it is', async () => {
  const file = newFile();
  writeFileSync(file, 'mine');
  expect(await initCommand(file)).toBe(EXIT.usage);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a folder that is not there is said', async () => {
  expect(await initCommand('/nowhere/at/all.yaml')).toBe(EXIT.hostUnable);
});
