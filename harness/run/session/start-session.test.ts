import { expect, test } from 'vitest';
import type { ProcessRegistry } from '../../qemu/process-registry.ts';
import { fail } from '../../result.ts';
import { pinned, startBackend } from './start-session.ts';

test("a backend runs on its lane's CPUs", async () => {
  const started: unknown[] = [];
  const registry = {
    start: async (options) => {
      started.push(options);
      return fail({ kind: 'other', command: '', message: 'none here' });
    },
  } as Pick<ProcessRegistry, 'start'> as ProcessRegistry;
  const backend = { command: 'virtiofsd', args: ['-f'], socket: '/socket' };
  await startBackend(registry, backend, '2,3');
  await startBackend(registry, backend);
  expect(started).toEqual([
    { command: 'taskset', args: ['--cpu-list', '2,3', 'virtiofsd', '-f'] },
    { command: 'virtiofsd', args: ['-f'] },
  ]);
});

test('a pinned command is run by taskset, any other as it is', () => {
  expect(pinned('qemu', ['-S'], '2,3')).toEqual({ command: 'taskset', args: ['--cpu-list', '2,3', 'qemu', '-S'] });
  expect(pinned('qemu', ['-S'], undefined)).toEqual({ command: 'qemu', args: ['-S'] });
});
