import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { checkHost, packageOf, toolPath } from './requirements.ts';

const directory = mkdtempSync(join(tmpdir(), 'hotplug-bench-path-'));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

function requirement(name: string) {
  return checkHost().find((candidate) => candidate.name === name);
}

test('a command is found in PATH when it can be run, and its place is told', () => {
  const qemu = join(directory, 'qemu-system-x86_64');
  writeFileSync(qemu, '');
  vi.stubEnv('PATH', directory);
  expect(requirement('qemu-system-x86_64')).toMatchObject({
    found: false,
    remedy: expect.stringContaining('apt-get install qemu-system-x86'),
  });
  expect(requirement('qemu-system-x86_64')).not.toHaveProperty('path');
  chmodSync(qemu, 0o755);
  expect(requirement('qemu-system-x86_64')).toMatchObject({ found: true, path: qemu });
});

test('the administrators’ directories are searched after PATH', () => {
  vi.stubEnv('PATH', '/first:/second');
  expect(toolPath()).toBe('/first:/second:/usr/local/sbin:/usr/sbin:/sbin');
});

test('says which package has a command', () => {
  expect(packageOf('modprobe')).toBe('kmod');
  expect(packageOf('no-such-command')).toBeUndefined();
});
