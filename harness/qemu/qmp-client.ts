import pDefer from 'p-defer';
import type { QmpCommand } from '../machine/qemu-syntax.ts';
import { fail, ok, type Result } from '../result.ts';
import { type ChannelClosure, type ChannelConnectFailure, connectLines, type LineChannel } from './line-channel.ts';
import { type JsonObject, parseQmpLine, type QmpMessage } from './qmp-messages.ts';
import { onSilence } from './silence.ts';

/** QEMU's own limit for one JSON message (qobject/json-streamer.c MAX_TOKEN_SIZE). */
const MAXIMUM_LINE_BYTES = 64 * 1024 * 1024;

/** Times are `process.hrtime.bigint()`. */
interface QmpTraffic {
  readonly direction: 'sent' | 'received';
  readonly atNs: bigint;
  /** The parsed message. `{ malformed: text }` for a received line that is no JSON object, `{ oversized: start }` for one
   * of more than 64 MiB. */
  readonly message: JsonObject;
}

interface QmpEvent {
  readonly event: string;
  readonly data: JsonObject;
}

/**
 * `no-connection`: nobody accepted on the socket. `no-greeting`: somebody did, but did not speak QMP. `no-capabilities`:
 * qmp_capabilities failed. `message` says it in one line.
 */
export type QmpConnectFailure = { readonly path: string; readonly message: string } & (
  | { readonly kind: 'no-connection'; readonly cause: ChannelConnectFailure }
  | { readonly kind: 'no-greeting'; readonly reason: string }
  | { readonly kind: 'no-capabilities'; readonly cause: QmpFailure }
);

export interface QmpClient {
  /** Commands may overlap: replies are matched by id. A reply that comes after the timeout is only in `onTraffic`. */
  execute(command: QmpCommand, limits: CommandLimits): Promise<Result<QmpReply, QmpFailure>>;
  /** Commands still open fail as `closed`. */
  close(): void;
}

export interface QmpClientOptions {
  /** The monitor's unix socket. */
  readonly path: string;
  /** For connection, greeting and capabilities together. */
  readonly timeoutMs: number;
  /** Ends the wait for the socket early, as when QEMU has died. */
  readonly signal?: AbortSignal;
  /** Every line in both directions, in order, for the recording; a received one before anything else is done with it. */
  readonly onTraffic: (traffic: QmpTraffic) => void;
  readonly onEvent: (event: QmpEvent, atNs: bigint) => void;
  /** Once, and only after a successful connection: QEMU went away, `close()` was called, or a line was too long. */
  readonly onClose: (reason: string) => void;
}

/** Connects to a monitor and leaves negotiation mode (greeting, qmp_capabilities). */
export async function connectQmp(options: QmpClientOptions): Promise<Result<QmpClient, QmpConnectFailure>> {
  const { path, timeoutMs, signal, onTraffic, onEvent } = options;
  const deadline = performance.now() + timeoutMs;
  const remainingMs = () => Math.max(0, deadline - performance.now());
  const commands = openCommands();
  const greeting = pDefer<{ readonly missingBecause?: string }>();
  let channel: LineChannel | undefined;
  let established = false;
  let endedBecause: string | undefined;

  const end = (reason: string): string => {
    endedBecause ??= reason;
    greeting.resolve({ missingBecause: endedBecause });
    commands.end(endedBecause);
    return endedBecause;
  };
  const connected = await connectLines({
    path,
    timeoutMs,
    ...(signal && { signal }),
    maximumLineBytes: MAXIMUM_LINE_BYTES,
    onLine(line, atNs) {
      const received = parseQmpLine(line);
      onTraffic({ direction: 'received', atNs, message: received.message });
      if (received.kind === 'greeting') greeting.resolve({});
      if (received.kind === 'event') onEvent({ event: received.event, data: received.data }, atNs);
      if (received.kind === 'return' || received.kind === 'error') commands.reply(received, atNs);
    },
    onOversized(start, atNs) {
      onTraffic({ direction: 'received', atNs, message: { oversized: start } });
      // The reply to some command is lost with it, and which one cannot be known.
      end(`QEMU sent a line of more than ${MAXIMUM_LINE_BYTES} bytes`);
      channel?.close();
    },
    onClose(closure) {
      const reason = end(reasonOf(closure));
      if (established) options.onClose(reason);
    },
  });
  if (!connected.ok) {
    const { failure: cause } = connected;
    return fail({ kind: 'no-connection', path, cause, message: `no connection to the monitor: ${cause.message}` });
  }
  const { value: lines } = connected;
  channel = lines;

  const client: QmpClient = {
    execute: ({ execute, arguments: parameters }, limits) =>
      commands.open(execute, limits, (id) => {
        const message = { execute, arguments: parameters, id };
        const line = `${JSON.stringify(message)}\n`;
        const atNs = lines.send(line);
        onTraffic({ direction: 'sent', atNs, message });
        return atNs;
      }),
    close: () => lines.close(),
  };

  const timer = setTimeout(
    () => greeting.resolve({ missingBecause: `nothing came within ${timeoutMs} ms` }),
    remainingMs(),
  );
  const { missingBecause: reason } = await greeting.promise;
  clearTimeout(timer);
  if (reason !== undefined) {
    client.close();
    return fail({ kind: 'no-greeting', path, reason, message: `no QMP greeting from ${path}: ${reason}` });
  }
  const agreed = await client.execute({ execute: 'qmp_capabilities', arguments: {} }, { timeoutMs: remainingMs() });
  if (!agreed.ok) {
    client.close();
    return fail({
      kind: 'no-capabilities',
      path,
      cause: agreed.failure,
      message: `${path}: ${agreed.failure.message}`,
    });
  }
  established = true;
  return ok(client);
}

function reasonOf({ kind, detail }: ChannelClosure): string {
  if (kind === 'error') return `the QMP connection broke: ${detail}`;
  return kind === 'ended' ? 'QEMU closed the QMP connection' : 'the QMP connection was closed from this side';
}

/** The answer to a command. Times are `process.hrtime.bigint()`. */
interface QmpReply {
  /** What QEMU returned; `{}` for most commands. */
  readonly value: unknown;
  /** Immediately before the command was written to the socket. */
  readonly sentAtNs: bigint;
  readonly receivedAtNs: bigint;
}

/**
 * Why a command has no reply: QEMU answered with an error, the connection ended first, or the time was up. `message`
 * says it in one line, with the command's name.
 */
type QmpFailure = { readonly command: string; readonly message: string } & (
  | { readonly kind: 'refused'; readonly class: string; readonly description: string }
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number }
);

/** How long a reply is waited for, and what is put into the command's id. */
interface CommandLimits {
  readonly timeoutMs: number;
  /** When something last came from the machine, on performance.now()'s clock: then the time counts from there. */
  readonly heardAtMs?: () => number;
  readonly tag?: string;
}

interface OpenCommand {
  readonly command: string;
  readonly sentAtNs: bigint;
  readonly settle: (reply: Result<QmpReply, QmpFailure>) => void;
}

/** The commands of one connection that wait for their replies. */
interface OpenCommands {
  /**
   * Calls `send` at once with a fresh id and waits for the reply to that id. `send` returns when it sent, in ns. The id
   * is a number, or with a tag `<tag>/<number>`, so that whoever reads the traffic later knows what it was sent for.
   */
  open(
    command: string,
    limits: CommandLimits,
    send: (id: number | string) => bigint,
  ): Promise<Result<QmpReply, QmpFailure>>;
  /** Settles the command that a reply belongs to. A reply to none, as after a timeout, does nothing. */
  reply(message: Extract<QmpMessage, { kind: 'return' | 'error' }>, receivedAtNs: bigint): void;
  /** The connection has ended: fails every open command, and every later one without calling its `send`. */
  end(reason: string): void;
}

function openCommands(): OpenCommands {
  const waiting = new Map<unknown, OpenCommand>();
  let lastId = 0;
  let endedBecause: string | undefined;

  return {
    open(command, { timeoutMs, heardAtMs = () => 0, tag }, send) {
      if (endedBecause !== undefined) return Promise.resolve(fail(closed(command, endedBecause)));
      return new Promise((resolve) => {
        lastId += 1;
        const id = tag === undefined ? lastId : `${tag}/${lastId}`;
        const endLimit = onSilence(timeoutMs, heardAtMs, () => settle(fail(timedOut(command, timeoutMs))));
        const settle: OpenCommand['settle'] = (reply) => {
          endLimit();
          waiting.delete(id);
          resolve(reply);
        };
        waiting.set(id, { command, sentAtNs: send(id), settle });
      });
    },
    reply(message, receivedAtNs) {
      const open = waiting.get(message.id);
      if (message.kind === 'return') open?.settle(ok({ value: message.value, sentAtNs: open.sentAtNs, receivedAtNs }));
      else open?.settle(fail(refused(open.command, message.class, message.description)));
    },
    end(reason) {
      endedBecause ??= reason;
      for (const { command, settle } of waiting.values()) settle(fail(closed(command, endedBecause)));
    },
  };
}

function refused(command: string, errorClass: string, description: string): QmpFailure {
  const message = `QEMU refused ${command}: ${description} (${errorClass})`;
  return { kind: 'refused', command, class: errorClass, description, message };
}

function closed(command: string, reason: string): QmpFailure {
  return { kind: 'closed', command, reason, message: `${command} was not answered: ${reason}` };
}

function timedOut(command: string, timeoutMs: number): QmpFailure {
  return { kind: 'timed-out', command, timeoutMs, message: `${command} was not answered within ${timeoutMs} ms` };
}
