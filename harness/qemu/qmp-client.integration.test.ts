import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runtimePlace } from './fixtures/runtime-place.ts';
import { openRegistry, type ProcessRegistry } from './process-registry.ts';
import { connectQmp } from './qmp-client.ts';

const LIMIT = { timeoutMs: 20_000 };
runtimePlace();
let registry: ProcessRegistry;

beforeEach(async () => {
  const opened = await openRegistry();
  if (!opened.ok) throw new Error(opened.failure.message);
  registry = opened.value;
});

afterEach(async () => {
  await registry.close();
});

/** A QEMU that is stopped before its first instruction, and a client on its monitor. */
async function stoppedQemu() {
  const path = join(await registry.socketDirectory('vm'), 'qmp');
  const started = await registry.start({
    command: 'qemu-system-x86_64',
    args: [
      '-machine',
      'q35,accel=tcg',
      '-S',
      '-nodefaults',
      '-display',
      'none',
      '-qmp',
      `unix:${path},server=on,wait=off`,
    ],
  });
  if (!started.ok) throw new Error(started.failure.message);
  const traffic: unknown[] = [];
  const events: string[] = [];
  let onClose: (reason: string) => void = () => {};
  const closed = new Promise<string>((resolve) => {
    onClose = resolve;
  });
  const client = await connectQmp({
    path,
    ...LIMIT,
    onTraffic: ({ direction, message }) => traffic.push({ direction, ...message }),
    onEvent: ({ event }) => events.push(event),
    onClose,
  });
  if (!client.ok) throw new Error(client.failure.message);
  return { child: started.value, client: client.value, traffic, events, closed };
}

test('a real QEMU answers, refuses and quits', async () => {
  const { child, client, traffic, events, closed } = await stoppedQemu();
  expect(traffic[0]).toMatchObject({ direction: 'received', QMP: { version: { qemu: {} } } });

  const status = await client.execute({ execute: 'query-status', arguments: {} }, LIMIT);
  expect(status).toMatchObject({ ok: true, value: { value: { running: false, status: 'prelaunch' } } });

  const refused = await client.execute({ execute: 'no-such-command', arguments: {} }, LIMIT);
  expect(refused).toMatchObject({
    ok: false,
    failure: { kind: 'refused', command: 'no-such-command', class: 'CommandNotFound' },
  });

  const commands = ['query-version', 'query-name', 'query-pci'];
  const replies = await Promise.all(commands.map((execute) => client.execute({ execute, arguments: {} }, LIMIT)));
  expect(replies).toMatchObject([{ ok: true, value: { value: { qemu: {} } } }, { ok: true }, { ok: true }]);

  expect(await client.execute({ execute: 'quit', arguments: {} }, LIMIT)).toMatchObject({ ok: true });
  expect(await child.exited).toMatchObject({ code: 0, signal: null });
  expect(await closed).toBe('QEMU closed the QMP connection');
  expect(events).toContain('SHUTDOWN');
  expect(await registry.close()).toEqual([]);
});

test('a QEMU that is killed fails the command that waits for it', async () => {
  const { child, client, closed } = await stoppedQemu();
  process.kill(child.pid, 'SIGSTOP');
  const open = client.execute({ execute: 'query-status', arguments: {} }, LIMIT);
  process.kill(child.pid, 'SIGKILL');
  expect(await open).toMatchObject({ ok: false, failure: { kind: 'closed', command: 'query-status' } });
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(await closed).not.toBe('');
});
