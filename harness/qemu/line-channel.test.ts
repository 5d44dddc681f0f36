import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../any-text.fixture.ts';
import { listen, socketPath } from './fixtures/socket-server.ts';
import {
  type ChannelClosure,
  connectLines,
  type Framed,
  type LineChannelOptions,
  lineFraming,
} from './line-channel.ts';

/** Connects and notes everything that the channel reports; `closed` resolves with the closure. */
async function connect(path: string, options: Partial<LineChannelOptions> = {}) {
  const lines: string[] = [];
  const oversized: string[] = [];
  const closures: ChannelClosure[] = [];
  let onClosed: (closure: ChannelClosure) => void = () => {};
  const closed = new Promise<ChannelClosure>((resolve) => {
    onClosed = resolve;
  });
  const connected = await connectLines({
    path,
    timeoutMs: 5_000,
    maximumLineBytes: 1_000,
    onLine: (line) => lines.push(line),
    onOversized: (start) => oversized.push(start),
    onClose: (closure) => {
      closures.push(closure);
      onClosed(closure);
    },
    ...options,
  });
  return { connected, lines, oversized, closures, closed };
}

/** Connects where the test knows that it works. */
async function connectWell(path: string, options: Partial<LineChannelOptions> = {}) {
  const result = await connect(path, options);
  if (!result.connected.ok) throw new Error(result.connected.failure.message);
  return { ...result, channel: result.connected.value };
}

test('delivers what the other side sends at once, and what it left unfinished', async () => {
  const path = await socketPath();
  await listen(path, (socket) => socket.end('one\ntwo\nthr'));
  const { lines, closed } = await connectWell(path);
  expect(await closed).toEqual({ kind: 'ended', detail: '', unfinished: 'thr' });
  expect(lines).toEqual(['one', 'two']);
});

test('an oversized line is reported and the stream goes on', async () => {
  const path = await socketPath();
  await listen(path, (socket) => socket.end(`a\n${'x'.repeat(3_000)}\nb\n`));
  const { lines, oversized, closed } = await connectWell(path);
  await closed;
  expect(lines).toEqual(['a', 'b']);
  expect(oversized).toEqual(['x'.repeat(200)]);
});

test('sends text as it is and says when', async () => {
  const path = await socketPath();
  const served = new Promise<Socket>((resolve) => {
    listen(path, resolve);
  });
  const { channel } = await connectWell(path);
  const before = process.hrtime.bigint();
  const sentAtNs = channel.send('h\u00e9\n');
  const after = process.hrtime.bigint();
  const [received] = await once(await served, 'data');
  expect(received.toString()).toBe('h\u00e9\n');
  expect(sentAtNs >= before && sentAtNs <= after).toBe(true);
});

test('lines of one chunk share its time of arrival, and it is taken before they are handled', async () => {
  const path = await socketPath();
  await listen(path, (socket) => socket.end('one\ntwo\n'));
  const arrivals: bigint[] = [];
  let handledNs = 0n;
  const onLine = (_: string, arrivedAtNs: bigint) => {
    arrivals.push(arrivedAtNs);
    handledNs ||= process.hrtime.bigint();
  };
  const { closed } = await connectWell(path, { onLine });
  await closed;
  expect(arrivals).toHaveLength(2);
  expect(arrivals[0]).toBe(arrivals[1]);
  expect(handledNs >= (arrivals[0] ?? 0n)).toBe(true);
});

test('waits for a socket that is not there yet', async () => {
  const path = await socketPath();
  const connecting = connectWell(path);
  await sleep(20);
  await listen(path, (socket) => socket.end('late\n'));
  const { lines, closed } = await connecting;
  await closed;
  expect(lines).toEqual(['late']);
});

test('gives up at the deadline, saying what it waited for', async () => {
  const path = await socketPath();
  const { connected, closures } = await connect(path, { timeoutMs: 30 });
  expect(connected).toMatchObject({ ok: false, failure: { kind: 'timed-out', path } });
  if (!connected.ok) expect(connected.failure.message).toMatch(/ENOENT.*30 ms/);
  expect(closures).toEqual([]);
});

test('gives up when the signal says so, before and during the wait', async () => {
  const path = await socketPath();
  const before = await connect(path, { signal: AbortSignal.abort() });
  expect(before.connected).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
  const during = await connect(path, { signal: AbortSignal.timeout(20), timeoutMs: 60_000 });
  expect(during.connected).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
});

test.each([
  ['longer than a socket can have', `/tmp/${'x'.repeat(103)}`],
  ['under a file', '/proc/version/socket'],
])('fails at once for a path %s', async (_, path) => {
  const { connected } = await connect(path, { timeoutMs: 60_000 });
  expect(connected).toMatchObject({ ok: false, failure: { kind: 'error', path } });
});

test('reports its own closing once, delivers nothing after it and sends nothing', async () => {
  const path = await socketPath();
  let received = '';
  await listen(path, (socket) => {
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.write('one\ntwo\n');
  });
  const lines: string[] = [];
  const { channel, closed, closures } = await connectWell(path, {
    onLine: (line) => {
      lines.push(line);
      channel.close();
      channel.close();
    },
  });
  expect(await closed).toMatchObject({ kind: 'closed', detail: '' });
  channel.send('too late\n');
  await sleep(20);
  expect(lines).toEqual(['one']);
  expect(closures).toHaveLength(1);
  expect(received).toBe('');
});

test('sending while the other side leaves is no error', async () => {
  const path = await socketPath();
  await listen(path, (socket) => socket.end('bye\n'));
  const { channel, closed, closures } = await connectWell(path);
  while (closures.length === 0) {
    channel.send('hello?\n');
    await new Promise(setImmediate);
  }
  channel.send('anybody?\n');
  expect(await closed).toMatchObject({ kind: 'ended' });
  await sleep(20);
  expect(closures).toHaveLength(1);
});

test('a side that leaves without reading what was sent has ended, and what it said arrives', async () => {
  const path = await socketPath();
  const serve = async (socket: Socket) => {
    socket.write('last words\n');
    await sleep(30);
    socket.destroy();
  };
  // Paused: what the client sends stays unread in the kernel, which makes the client's read fail with ECONNRESET.
  await listen(path, serve, { pauseOnConnect: true });
  const { channel, closed, lines } = await connectWell(path);
  channel.send('quit\n');
  expect(await closed).toEqual({ kind: 'ended', detail: '', unfinished: '' });
  expect(lines).toEqual(['last words']);
});

const line = (text: string): Framed => ({ kind: 'line', text });

/** What the framing makes of these bytes, delivered in chunks that end at the given places. */
function framed(bytes: Buffer, ends: readonly number[], maximumLineBytes: number) {
  const framing = lineFraming(maximumLineBytes);
  const borders = [0, ...ends.map((end) => end % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const pieces = borders.slice(1).flatMap((end, i) => framing.push(bytes.subarray(borders[i], end)));
  return { pieces, unfinished: framing.unfinished() };
}

test('cuts at newlines and keeps what has none yet', () => {
  expect(framed(Buffer.from('one\ntwo\r\n\nthr'), [], 10)).toEqual({
    pieces: [line('one'), line('two'), line('')],
    unfinished: 'thr',
  });
});

test('joins a character that two chunks share', () => {
  const bytes = Buffer.from('\u20ac\n');
  for (const border of [1, 2, 3]) expect(framed(bytes, [border], 10).pieces).toEqual([line('\u20ac')]);
});

test('a line of the greatest length passes; one byte more is reported once, and the next line is whole', () => {
  expect(framed(Buffer.from('12345\n123456789\n123\n'), [], 5)).toEqual({
    pieces: [line('12345'), { kind: 'oversized', start: '12345' }, line('123')],
    unfinished: '',
  });
});

test('an oversized line is reported before it ends, and is not held in memory', () => {
  const framing = lineFraming(1000);
  const chunk = Buffer.alloc(600, 'x');
  expect(framing.push(chunk)).toEqual([]);
  expect(framing.push(chunk)).toEqual([{ kind: 'oversized', start: 'x'.repeat(200) }]);
  expect(framing.push(chunk)).toEqual([]);
  expect(framing.unfinished()).toBe('');
});

test('chunk borders make no difference', () => {
  const words = fc.array(fc.oneof(anyText(), fc.constantFrom('\n', '\r\n', 'x'.repeat(30))));
  const ends = fc.array(fc.nat(1000));
  fc.assert(
    fc.property(words, ends, fc.integer({ min: 1, max: 40 }), (text, borders, maximum) => {
      const bytes = Buffer.from(text.join(''));
      expect(framed(bytes, borders, maximum)).toEqual(framed(bytes, [], maximum));
    }),
  );
});
