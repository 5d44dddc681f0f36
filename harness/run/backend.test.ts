import { expect, test } from 'vitest';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { fail } from '../result.ts';
import { startBackend } from './backend.ts';

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
