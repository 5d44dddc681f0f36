import { fail, ok, type Result } from '../result.ts';
import type { QmpMessage } from './qmp-messages.ts';
import { onSilence } from './silence.ts';

/** The answer to a command. Times are `process.hrtime.bigint()`. */
export interface QmpReply {
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
export type QmpFailure = { readonly command: string; readonly message: string } & (
  | { readonly kind: 'refused'; readonly class: string; readonly description: string }
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number }
);

/** How long a reply is waited for, and what is put into the command's id. */
export interface CommandLimits {
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
export interface OpenCommands {
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

export function openCommands(): OpenCommands {
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
