import type { BootMode, OperationName } from '../vocabulary.ts';

/** The members of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A message of QMP, sorted by what it is (QEMU docs/interop/qmp-spec). `message` is the whole of it, for the recording. */
export type QmpMessage =
  /** The only one that goes to QEMU. */
  | { readonly kind: 'command'; readonly message: JsonObject; readonly id: unknown; readonly execute: string }
  | { readonly kind: 'greeting'; readonly message: JsonObject }
  | { readonly kind: 'event'; readonly message: JsonObject; readonly event: string; readonly data: JsonObject }
  | { readonly kind: 'return'; readonly message: JsonObject; readonly id: unknown; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly message: JsonObject;
      readonly id: unknown;
      readonly class: string;
      readonly description: string;
    }
  /** Not a JSON object: `message` is `{ malformed: text }`. */
  | { readonly kind: 'malformed'; readonly message: { readonly malformed: string } }
  /** A JSON object that the protocol does not know. */
  | { readonly kind: 'unknown'; readonly message: JsonObject };

/** Reads one line from the monitor. Whole numbers above 2^53 lose their last digits, as JSON in JavaScript does. */
export function parseQmpLine(text: string): QmpMessage {
  const message = parseJson(text);
  return isObject(message) ? qmpMessage(message) : { kind: 'malformed', message: { malformed: text } };
}

/** Sorts a message that has been parsed, as it is in a recording. */
export function qmpMessage(message: unknown): QmpMessage {
  if (!isObject(message)) return { kind: 'unknown', message: {} };
  if (typeof message.execute === 'string') {
    return { kind: 'command', message, id: message.id, execute: message.execute };
  }
  if (isObject(message.QMP)) return { kind: 'greeting', message };
  if (typeof message.event === 'string')
    return { kind: 'event', message, event: message.event, data: isObject(message.data) ? message.data : {} };
  if ('return' in message) return { kind: 'return', message, id: message.id, value: message.return };
  if (isObject(message.error)) {
    const { class: errorClass, desc } = message.error;
    return { kind: 'error', message, id: message.id, class: textOf(errorClass), description: textOf(desc) };
  }
  return { kind: 'unknown', message };
}

/** The id with which a command was sent, and which its reply repeats; events have none. */
export function qmpId(message: unknown): unknown {
  return isObject(message) ? message.id : undefined;
}

/** QEMU's own stamp in an event: its wall clock, in milliseconds since 1970. */
export function qmpStampMs({ timestamp }: JsonObject): number | undefined {
  if (!isObject(timestamp)) return undefined;
  return Number(timestamp.seconds) * 1e3 + Number(timestamp.microseconds) / 1e3;
}

/** A member that should be a text; empty where it is not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The QMP commands with which operations begin: a latency is counted from when one is written. */
export const START_COMMANDS = {
  boot: 'cont',
  /** A boot from a snapshot begins where QEMU begins to read the saved guest. */
  restore: 'migrate-incoming',
  plug: 'device_add',
  unplug: 'device_del',
} as const;

export type StartCommand = (typeof START_COMMANDS)[keyof typeof START_COMMANDS];

/** Undefined for what begins without a command: with QEMU's process. */
export function startCommand(operation: OperationName, bootMode: BootMode = 'fresh'): StartCommand | undefined {
  if (operation === 'start' || operation === 'until-usable') return undefined;
  return START_COMMANDS[operation === 'boot' && bootMode === 'snapshot' ? 'restore' : operation];
}

export function isStartCommand(name: string): name is StartCommand {
  return (Object.values(START_COMMANDS) as readonly string[]).includes(name);
}
