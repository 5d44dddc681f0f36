import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok } from '../../result.ts';
import { haltAtKernelEntry } from './kernel-entry.ts';
import { testGdbServer } from './test-gdb-server.ts';

const directory = () => mkdtempSync(join(tmpdir(), 'kernel-entry-'));

test('the breakpoint is there before the machine goes on, and gone when it is removed', async () => {
  const newDirectory = async () => place;
  const place = directory();
  const server = await testGdbServer(join(place, 'gdb'));
  const told: unknown[] = [];
  const execute = async ({ arguments: given }: { readonly arguments: Readonly<Record<string, unknown>> }) => {
    told.push(given['command-line']);
    return ok('');
  };
  const entry = await haltAtKernelEntry({ execute, newDirectory });
  expect(server.asked).toEqual(['Z1,100000,1']);
  if (entry.ok) await entry.value.remove();
  expect(server.asked).toEqual(['Z1,100000,1', 'z1,100000,1']);
  expect(told).toEqual([`gdbserver unix:${place}/gdb,server=on,wait=off`, 'gdbserver none']);
});

test('where QEMU has no gdb server, what it says instead is passed on', async () => {
  const execute = async () => ok('unknown command: gdbserver');
  const halted = await haltAtKernelEntry({ execute, newDirectory: async () => directory() });
  expect(halted.ok ? '' : halted.failure).toMatch(/gdb server: connect ENOENT .*unknown command: gdbserver/);
});
