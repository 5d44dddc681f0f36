import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findQemu } from './find-qemu.ts';

/** A program that says a version, and leaves a trace of having been executed. */
function program() {
  const directory = mkdtempSync(join(tmpdir(), 'find-qemu-'));
  const trace = join(directory, 'trace');
  const file = join(directory, 'qemu');
  writeFileSync(file, `#!/bin/sh\necho executed > ${trace}\necho QEMU emulator version 9.2.0\n`, { mode: 0o755 });
  return { file, isExecuted: () => existsSync(trace) };
}

test('what a scenario names is asked for its version, and on a dry run not started', async () => {
  const { file, isExecuted } = program();
  const said: string[] = [];
  const dry = await findQemu(file, 'usual', (text) => said.push(text), false);
  expect(dry).toEqual({ ok: true, value: { command: file, version: '' } });
  expect(said.join()).toContain(`${file} is not started`);
  expect(isExecuted()).toBe(false);
  const found = await findQemu(file, 'usual', () => {});
  expect(found).toMatchObject({ ok: true, value: { version: 'QEMU emulator version 9.2.0' } });
  expect(isExecuted()).toBe(true);
});
