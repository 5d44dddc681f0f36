import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../any-text.fixture.ts';
import { type Command, fakeMonitor, GREETING, qmpLine, rawMonitor } from './fixtures/fake-monitor.ts';
import { socketPath } from './fixtures/socket-server.ts';
import { connectQmp, type QmpClientOptions } from './qmp-client.ts';

const LIMIT = { timeoutMs: 5_000 };
const command = (execute: string) => ({ execute, arguments: {} });

/** Connects and notes everything that the client reports; `closed` resolves with the reason of the closing. */
async function connect(path: string, options: Partial<QmpClientOptions> = {}) {
  const received: unknown[] = [];
  const sent: unknown[] = [];
  const events: string[] = [];
  const closings: string[] = [];
  let onClosed: (reason: string) => void = () => {};
  const closed = new Promise<string>((resolve) => {
    onClosed = resolve;
  });
  const connected = await connectQmp({
    path,
    timeoutMs: 5_000,
    onTraffic: ({ direction, message }) => (direction === 'sent' ? sent : received).push(message),
    onEvent: ({ event }) => events.push(event),
    onClose: (reason) => {
      closings.push(reason);
      onClosed(reason);
    },
    ...options,
  });
  return { connected, received, sent, events, closings, closed };
}

/** Connects where the test knows that it works. */
async function connectWell(path: string, options: Partial<QmpClientOptions> = {}) {
  const result = await connect(path, options);
  if (!result.connected.ok) throw new Error(result.connected.failure.message);
  return { ...result, client: result.connected.value };
}

describe('connecting', () => {
  test('waits for a late greeting, then negotiates', async () => {
    const path = await rawMonitor(
      (socket) => setTimeout(() => socket.write(qmpLine(GREETING)), 30),
      ({ id }, socket) => socket.write(qmpLine({ return: {}, id })),
    );
    const { sent, received } = await connectWell(path);
    expect(sent).toEqual([{ execute: 'qmp_capabilities', arguments: {}, id: 1 }]);
    expect(received).toEqual([GREETING, { return: {}, id: 1 }]);
  });

  test('no socket', async () => {
    const { connected, closings } = await connect(await socketPath(), { timeoutMs: 30 });
    expect(connected).toMatchObject({ ok: false, failure: { kind: 'no-connection', cause: { kind: 'timed-out' } } });
    expect(closings).toEqual([]);
  });

  test('the wait for a socket can be given up', async () => {
    const { connected } = await connect(await socketPath(), { timeoutMs: 60_000, signal: AbortSignal.timeout(20) });
    expect(connected).toMatchObject({ ok: false, failure: { kind: 'no-connection', cause: { kind: 'aborted' } } });
  });

  test('no greeting in time', async () => {
    const { connected, closings } = await connect(await rawMonitor(() => {}), { timeoutMs: 30 });
    expect(connected).toMatchObject({
      ok: false,
      failure: { kind: 'no-greeting', reason: 'nothing came within 30 ms' },
    });
    expect(closings).toEqual([]);
  });

  test('closed before the greeting', async () => {
    const { connected } = await connect(await rawMonitor((socket) => socket.end()));
    expect(connected).toMatchObject({
      ok: false,
      failure: { kind: 'no-greeting', reason: 'QEMU closed the QMP connection' },
    });
  });

  test('capabilities refused', async () => {
    const path = await rawMonitor(
      (socket) => socket.write(qmpLine(GREETING)),
      ({ id }, socket) => socket.write(qmpLine({ error: { class: 'GenericError', desc: 'busy' }, id })),
    );
    const { connected, closings } = await connect(path);
    expect(connected).toMatchObject({ ok: false, failure: { kind: 'no-capabilities', cause: { kind: 'refused' } } });
    await sleep(20);
    expect(closings).toEqual([]);
  });
});

describe('commands', () => {
  test('the reply carries its value and the times around it', async () => {
    const { client } = await connectWell(
      await fakeMonitor(({ id }, socket) => socket.write(qmpLine({ return: 'yes', id }))),
    );
    const before = process.hrtime.bigint();
    const reply = await client.execute(command('query-status'), LIMIT);
    const after = process.hrtime.bigint();
    if (!reply.ok) throw new Error(reply.failure.message);
    const { value, sentAtNs, receivedAtNs } = reply.value;
    expect(value).toBe('yes');
    expect(before <= sentAtNs && sentAtNs < receivedAtNs && receivedAtNs <= after).toBe(true);
  });

  test('replies in any order reach their commands', async () => {
    const waiting: Command[] = [];
    const path = await fakeMonitor((received, socket) => {
      waiting.unshift(received);
      if (waiting.length === 3)
        socket.write(waiting.map(({ execute, id }) => qmpLine({ return: execute, id })).join(''));
    });
    const { client } = await connectWell(path);
    const replies = await Promise.all(['a', 'b', 'c'].map((name) => client.execute(command(name), LIMIT)));
    expect(replies).toMatchObject(['a', 'b', 'c'].map((value) => ({ ok: true, value: { value } })));
  });

  test('an error is refused, with the words of QEMU and the name of the command', async () => {
    const error = { class: 'DeviceNotFound', desc: "Device 'd0' not found" };
    const { client } = await connectWell(await fakeMonitor(({ id }, socket) => socket.write(qmpLine({ error, id }))));
    expect(await client.execute(command('device_del'), LIMIT)).toEqual({
      ok: false,
      failure: {
        kind: 'refused',
        command: 'device_del',
        class: 'DeviceNotFound',
        description: "Device 'd0' not found",
        message: "QEMU refused device_del: Device 'd0' not found (DeviceNotFound)",
      },
    });
  });

  test('a timeout names its command, and a late reply is recorded and disturbs nobody', async () => {
    const path = await fakeMonitor(({ execute, id }, socket) => {
      setTimeout(() => socket.write(qmpLine({ return: execute, id })), execute === 'slow' ? 60 : 0);
    });
    const { client, received } = await connectWell(path);
    const slow = await client.execute(command('slow'), { timeoutMs: 10 });
    expect(slow).toMatchObject({ ok: false, failure: { kind: 'timed-out', command: 'slow', timeoutMs: 10 } });
    await sleep(100);
    expect(await client.execute(command('quick'), LIMIT)).toMatchObject({ ok: true, value: { value: 'quick' } });
    expect(received).toContainEqual({ return: 'slow', id: 2 });
  });

  test('the connection ends in the middle of a command', async () => {
    const path = await fakeMonitor((_, socket) => socket.end('{"retu'));
    const { client, closed, closings } = await connectWell(path);
    const replies = await Promise.all(['quit', 'cont'].map((name) => client.execute(command(name), LIMIT)));
    expect(replies).toMatchObject(
      ['quit', 'cont'].map((name) => ({ ok: false, failure: { kind: 'closed', command: name } })),
    );
    expect(await closed).toBe('QEMU closed the QMP connection');
    expect(await client.execute(command('stop'), LIMIT)).toMatchObject({
      ok: false,
      failure: { kind: 'closed', command: 'stop' },
    });
    expect(closings).toHaveLength(1);
  });

  test('closing from this side fails what is open and is reported once', async () => {
    const { client, closings, closed } = await connectWell(await fakeMonitor(() => {}));
    const open = client.execute(command('stop'), LIMIT);
    client.close();
    client.close();
    expect(await open).toMatchObject({ ok: false, failure: { kind: 'closed', command: 'stop' } });
    expect(await closed).toBe('the QMP connection was closed from this side');
    expect(closings).toHaveLength(1);
  });
});

describe('the stream', () => {
  test('events come between replies, with all their data, also before the reply to their cause', async () => {
    const deleted = { event: 'DEVICE_DELETED', data: { device: 'd0', path: '/machine/peripheral/d0' } };
    const path = await fakeMonitor(({ id }, socket) =>
      socket.write(qmpLine({ event: 'STOP' }) + qmpLine({ return: {}, id }) + qmpLine(deleted)),
    );
    const seen: unknown[] = [];
    const { client } = await connectWell(path, { onEvent: (event, atNs) => seen.push({ ...event, at: typeof atNs }) });
    await client.execute(command('stop'), LIMIT);
    expect(seen).toEqual([
      { event: 'STOP', data: {}, at: 'bigint' },
      { ...deleted, at: 'bigint' },
    ]);
  });

  test('what is not JSON is recorded and does no harm', async () => {
    const path = await fakeMonitor(({ id }, socket) => socket.write(`oops\n[1]\n${qmpLine({ return: 'fine', id })}`));
    const { client, received } = await connectWell(path);
    expect(await client.execute(command('x'), LIMIT)).toMatchObject({ ok: true, value: { value: 'fine' } });
    expect(received).toContainEqual({ malformed: 'oops' });
    expect(received).toContainEqual({ malformed: '[1]' });
  });

  test('a reply whose id is unknown does no harm', async () => {
    const path = await fakeMonitor(({ id }, socket) =>
      socket.write(
        qmpLine({ return: 'none' }) + qmpLine({ return: 'other', id: 99 }) + qmpLine({ return: 'mine', id }),
      ),
    );
    const { client } = await connectWell(path);
    expect(await client.execute(command('x'), LIMIT)).toMatchObject({ ok: true, value: { value: 'mine' } });
  });

  test('a line over 64 MiB ends the connection with that reason', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const path = await fakeMonitor((_, socket) => {
      for (let i = 0; i < 65; i++) socket.write(chunk);
    });
    const { client, closed, received } = await connectWell(path);
    const reply = await client.execute(command('query-huge'), { timeoutMs: 60_000 });
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'closed', command: 'query-huge' } });
    expect(await closed).toBe('QEMU sent a line of more than 67108864 bytes');
    expect(received.at(-1)).toEqual({ oversized: 'x'.repeat(200) });
  });

  test('any chunking of a stream gives the same messages', async () => {
    const text = anyText({ maxLength: 20 });
    const event = fc.record({ event: fc.constantFrom('STOP', 'RESUME'), data: fc.record({ text }) });
    const chunking = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 5 }), chunking, async (sentEvents, sizes) => {
        const path = await fakeMonitor(async ({ id }, socket) => {
          const bytes = Buffer.from(sentEvents.map(qmpLine).join('') + qmpLine({ return: 'end', id }));
          socket.setNoDelay(true);
          for (let from = 0, i = 0; from < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            socket.write(bytes.subarray(from, from + size));
            from += size;
            // Lets the other side read, so that the chunks arrive as chunks.
            await new Promise(setImmediate);
          }
        });
        const { client, received } = await connectWell(path);
        expect(await client.execute(command('x'), LIMIT)).toMatchObject({ ok: true, value: { value: 'end' } });
        expect(received.slice(2, -1)).toEqual(sentEvents);
        client.close();
      }),
      { numRuns: 50 },
    );
  });
});
