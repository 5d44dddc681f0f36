import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '../result.ts';

/** Linux `struct sockaddr_un`: 108 bytes of path with its NUL (unix(7)). */
export const MAXIMUM_SOCKET_PATH_BYTES = 107;
/** Between two attempts to connect. QEMU takes about 50 ms to open its sockets. */
const RETRY_MS = 5;
/** What connect(2) says while the other side is not listening yet or has too many callers. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN']);
/**
 * How a unix socket says that the other side is gone with something of ours unread, or was when we wrote: no more than
 * an end. QEMU 7.2 leaves the newline behind `quit` unread in about one run of five.
 */
const LEFT = new Set(['ECONNRESET', 'EPIPE']);

/** Why a channel ended. Reported once. */
export interface ChannelClosure {
  /** `ended`: the other side closed it. `closed`: `close()` was called here. `error`: the connection broke. */
  readonly kind: 'ended' | 'closed' | 'error';
  /** The system's words, for `error`; empty otherwise. */
  readonly detail: string;
  /** What arrived after the last newline. */
  readonly unfinished: string;
}

export interface LineChannelOptions {
  /** The unix socket, at most 107 bytes. */
  readonly path: string;
  /** How long to wait for the socket to exist and accept. */
  readonly timeoutMs: number;
  /** Ends the wait for the socket early, as when QEMU has died. It has no effect once connected. */
  readonly signal?: AbortSignal;
  /** Without the newline. A longer line is reported to `onOversized` and skipped. */
  readonly maximumLineBytes: number;
  /**
   * `arrivedAtNs`: `process.hrtime.bigint()` when the first byte of the line reached this process. A line comes in pieces,
   * byte by byte from an emulated UART, and was written no later than its first.
   */
  readonly onLine: (line: string, arrivedAtNs: bigint) => void;
  /** `start`: the first bytes of the line, for the log. */
  readonly onOversized: (start: string, arrivedAtNs: bigint) => void;
  readonly onClose: (closure: ChannelClosure) => void;
}

export interface LineChannel {
  /**
   * Writes `text` as it is (its newline included); returns `process.hrtime.bigint()` from immediately before. After the
   * channel has ended nothing is written: `onClose` has said so.
   */
  send(text: string): bigint;
  close(): void;
}

/** `timed-out`: nobody accepted in time. `aborted`: the signal said so. `error`: waiting would not help. */
export interface ChannelConnectFailure {
  readonly kind: 'timed-out' | 'aborted' | 'error';
  readonly path: string;
  readonly message: string;
}

/** Callbacks may be called before the caller has seen the result: what the other side sends at once is not lost. */
export async function connectLines(options: LineChannelOptions): Promise<Result<LineChannel, ChannelConnectFailure>> {
  const { path, timeoutMs, signal } = options;
  const failed = (kind: ChannelConnectFailure['kind'], reason: string) =>
    fail({ kind, path, message: `cannot connect to ${path}: ${reason}` });
  if (Buffer.byteLength(path) > MAXIMUM_SOCKET_PATH_BYTES)
    return failed('error', `the path is longer than the ${MAXIMUM_SOCKET_PATH_BYTES} bytes a unix socket can have`);

  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (signal?.aborted) return failed('aborted', 'the wait was given up');
    const attempt = await connectOnce(path);
    if (attempt.ok) return ok(channelOn(attempt.value, options));
    const { code, message } = attempt.failure;
    if (!NOT_YET.has(code ?? '')) return failed('error', message);
    if (performance.now() >= deadline) return failed('timed-out', `${message}, for ${timeoutMs} ms`);
    await sleep(RETRY_MS);
  }
}

function connectOnce(path: string): Promise<Result<Socket, NodeJS.ErrnoException>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const onError = (error: NodeJS.ErrnoException) => resolve(fail(error));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(ok(socket));
    });
  });
}

function channelOn(
  socket: Socket,
  { maximumLineBytes, onLine, onOversized, onClose }: LineChannelOptions,
): LineChannel {
  const framing = lineFraming(maximumLineBytes);
  let begunAtNs: bigint | undefined;
  let kind: ChannelClosure['kind'] = 'ended';
  let detail = '';

  socket.on('data', (chunk: Buffer) => {
    const chunkAtNs = process.hrtime.bigint();
    for (const framed of framing.push(chunk)) {
      // A callback may have closed the channel: then it has heard the last.
      if (kind === 'closed') return;
      const arrivedAtNs = begunAtNs ?? chunkAtNs;
      begunAtNs = undefined;
      if (framed.kind === 'line') onLine(framed.text, arrivedAtNs);
      else onOversized(framed.start, arrivedAtNs);
    }
    if (framing.isInside()) begunAtNs ??= chunkAtNs;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (LEFT.has(error.code ?? '')) return;
    kind = 'error';
    detail = error.message;
  });
  socket.on('close', () => onClose({ kind, detail, unfinished: framing.unfinished() }));

  return {
    send(text) {
      const sentAtNs = process.hrtime.bigint();
      socket.write(text);
      return sentAtNs;
    },
    close() {
      if (socket.destroyed) return;
      kind = 'closed';
      socket.destroy();
    },
  };
}

const NEWLINE = 0x0a;
/** How much of an oversized line is kept, for the log. */
const START_BYTES = 200;

export type Framed =
  /** A whole line, UTF-8, without its newline and without the carriage return that QMP and serial consoles send. */
  | { readonly kind: 'line'; readonly text: string }
  /** A line that grew over the limit: its start. The rest of it, up to its newline, is skipped. */
  | { readonly kind: 'oversized'; readonly start: string };

export interface LineFraming {
  /** What this chunk completed, in order. Chunk borders, also inside a character, make no difference. */
  push(chunk: Buffer): readonly Framed[];
  /** What came after the last newline; empty inside an oversized line. */
  unfinished(): string;
  /** Whether the last chunk ended inside a line. */
  isInside(): boolean;
}

/** Cuts a stream of bytes into lines of at most `maximumLineBytes`, newline not counted. */
export function lineFraming(maximumLineBytes: number): LineFraming {
  const startBytes = Math.min(START_BYTES, maximumLineBytes);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;

  const take = (): Buffer => {
    const line = Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return line;
  };

  return {
    push(chunk) {
      const framed: Framed[] = [];
      for (let from = 0; from < chunk.length; ) {
        const newline = chunk.indexOf(NEWLINE, from);
        const end = newline < 0 ? chunk.length : newline;
        if (!skipping) {
          held.push(chunk.subarray(from, end));
          heldBytes += end - from;
        }
        if (heldBytes > maximumLineBytes) {
          framed.push({ kind: 'oversized', start: take().subarray(0, startBytes).toString('utf8') });
          skipping = true;
        }
        if (newline >= 0 && !skipping) framed.push({ kind: 'line', text: textOf(take()) });
        if (newline >= 0) skipping = false;
        from = end + 1;
      }
      return framed;
    },
    unfinished: () => textOf(Buffer.concat(held, heldBytes)),
    isInside: () => skipping || heldBytes > 0,
  };
}

function textOf(line: Buffer): string {
  return line.toString('utf8').replace(/\r$/, '');
}
