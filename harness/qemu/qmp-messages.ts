/** The members of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One line of QMP, sorted by what it is (QEMU docs/interop/qmp-spec). `message` is the whole of it, for the recording. */
export type QmpMessage =
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
  if (!isObject(message)) return { kind: 'malformed', message: { malformed: text } };
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
