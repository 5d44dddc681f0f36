import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ok } from '../../result.ts';
import { openRecorder } from './recorder.ts';
import type { Session } from './session.ts';
import { testGdbServer } from './test-gdb-server.ts';
import { TEST_HEADER } from './test-machine.ts';
import { onVirtualClock } from './virtual-session.ts';

/** A machine that only writes down what it was told, and the session over it. */
async function machine({ rtc = 0 } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'virtual-session-'));
  const gdb = await testGdbServer(join(directory, 'gdb'));
  const told: string[] = [];
  const plain: Session = {
    clock: 'real',
    slowness: () => 1,
    pairClocks: async () => false,
    execute: async ({ execute, arguments: given }) => {
      const line = (given as { readonly 'command-line'?: string })['command-line'];
      if (line?.startsWith('xp')) return ok('00000000fed000f0: 0x00000001 0x00000000');
      if (line?.startsWith('i ')) return ok('portl[0x0608] = 0x00000001');
      if (line?.startsWith('gdbserver')) return ok('');
      if (execute === 'qom-get') return ok({ tm_year: 124, tm_mon: 0, tm_mday: 1, tm_hour: 0, tm_min: 0, tm_sec: rtc });
      told.push(execute);
      return ok({});
    },
    ask: async (verb) => {
      told.push(`ask ${verb}`);
      return [];
    },
    letRun: (wait) => wait(),
    rest: async () => {},
    newDirectory: async () => directory,
    startBackend: async () => ({ ok: false, failure: '' }),
    stop: async (how) => {
      told.push(`stop ${how}`);
    },
  };
  const recorder = openRecorder(join(directory, 'recording.jsonl'), TEST_HEADER, process.hrtime.bigint());
  const clock = () => recorder.events.flatMap((event) => (event.source === 'harness' ? [event] : []));
  const readings = () => clock().length;
  return { told, readings, clock, recorder, gdb, session: onVirtualClock(plain, recorder) };
}

const command = (execute: string) => ({ execute, arguments: {} });

test('the guest runs while it is asked, and stands still before and after; the request is there when it goes on', async () => {
  const { told, session } = await machine();
  await session.ask('journal');
  expect(told).toEqual(['ask journal', 'cont', 'stop']);
});

test('the clock is read at every halt, and before every command that begins an operation', async () => {
  const { readings, session } = await machine();
  await session.ask('journal');
  expect(readings()).toBe(1);
  await session.execute(command('device_add'));
  expect(readings()).toBe(2);
});

test('what begins an operation is done while the guest stands still, though something else is waited for', async () => {
  const { told, session } = await machine();
  let end: () => void = () => {};
  const waited = session.letRun(() => new Promise<void>((resolve) => (end = resolve)));
  await session.execute(command('device_del'));
  end();
  await waited;
  expect(told).toEqual(['cont', 'stop', 'device_del', 'cont', 'stop']);
});

test('commands that are given together are all done before the guest goes on', async () => {
  const { told, session } = await machine();
  const plug = async () => {
    await session.execute(command('device_add'));
    await session.letRun(async () => undefined);
  };
  await Promise.all([plug(), plug(), plug()]);
  expect(told.slice(0, 4)).toEqual(['device_add', 'device_add', 'device_add', 'cont']);
});

test('a guest that has just booted runs until its first answer', async () => {
  const { told, session } = await machine();
  await session.execute(command('cont'));
  await session.ask('clocks');
  expect(told).toEqual(['cont', 'ask clocks', 'stop']);
});

test('a guest that comes to its kernel is halted there, and goes on', async () => {
  const { told, clock, recorder, gdb, session } = await machine();
  await session.execute(command('cont'));
  expect(clock()).toEqual([]);
  recorder.record({ source: 'qmp', direction: 'received', message: { event: 'STOP' } });
  await vi.waitFor(() => expect(told).toEqual(['cont', 'cont']));
  expect(clock()).toMatchObject([{ event: 'virtual-clock', at: 'kernel-entry' }]);
  expect(gdb.asked).toEqual(['Z1,100000,1', 'z1,100000,1']);
});

test('timers that contradict each other are recorded as what they are, not as a time', async () => {
  const { clock, session } = await machine({ rtc: 3 });
  await session.ask('journal');
  expect(clock()).toMatchObject([{ event: 'virtual-clock-unread', detail: expect.stringMatching(/in second 3/) }]);
});

test('a restored guest is let go on by the first question to it, not before it', async () => {
  const { told, readings, session } = await machine();
  await session.execute(command('migrate-incoming'));
  await session.execute(command('cont'));
  expect(readings()).toBe(1);
  await session.ask('hello');
  expect(told).toEqual(['migrate-incoming', 'ask hello', 'cont', 'stop']);
});

test('a guest that is to power off is let go on', async () => {
  const { told, session } = await machine();
  await session.stop('orderly');
  expect(told).toEqual(['cont', 'stop orderly']);
});
