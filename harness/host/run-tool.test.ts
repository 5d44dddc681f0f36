import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runTool } from './run-tool.ts';

let bin: string;

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'hotplug-bench-tools-'));
  vi.stubEnv('PATH', bin);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(bin, { recursive: true });
});

async function tool(name: string, body: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(bin, name), 0o755);
}

test('gives what the tool says, run in the C locale', async () => {
  await tool('cpio', 'echo "$LC_ALL $1"');
  expect(await runTool('cpio', ['a b'], 'remedy')).toEqual({ ok: true, value: 'C a b' });
});

test('a tool that is missing is named with its package', async () => {
  const failure = { what: 'cpio is not installed.', remedy: 'Install it: sudo apt-get install cpio' };
  expect(await runTool('cpio', [], 'remedy')).toEqual({ ok: false, failure });
});

test('a tool that fails is quoted with its last words', async () => {
  await tool('cpio', 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "line $i" >&2; done; exit 7');
  const result = await runTool('cpio', ['-o'], 'remedy');
  expect(result).toMatchObject({ ok: false, failure: { remedy: 'remedy' } });
  expect(!result.ok && result.failure.what).toMatch(/^cpio -o failed \(exit code 7\):\nline 5\n[\s\S]*line 12$/);
});

test('a tool that was killed is said to have been', async () => {
  await tool('cpio', 'kill -9 $$');
  expect(await runTool('cpio', [], 'remedy')).toMatchObject({
    ok: false,
    failure: { what: expect.stringContaining('cpio failed (SIGKILL)') },
  });
});

test('a tool that found the disk full asks for space', async () => {
  await tool('cpio', 'echo "cpio: write error: No space left on device" >&2; exit 2');
  expect(await runTool('cpio', [], 'remedy')).toMatchObject({
    ok: false,
    failure: { remedy: expect.stringContaining('XDG_CACHE_HOME') },
  });
});
