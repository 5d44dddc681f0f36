import { crc32 } from 'node:zlib';
import { fail, ok, type Result } from '../result.ts';

/** The host's side of the marker channel. The grammar and the agent's side are in agent/protocol.h. */
const PROTOCOL_NAME = 'hpb1';
/** agent/protocol.h LINE_BYTES less the terminating NUL: a longer request would be cut by the agent. */
const MAXIMUM_REQUEST_BYTES = 4095;
/** agent/protocol.h MAX_FIELDS. */
const MAXIMUM_FIELDS = 16;

const PERCENT = '%'.charCodeAt(0);
const NAME = /^[a-z][a-z0-9-]*$/;
const COUNT = /^(0|[1-9][0-9]*)$/;

/** One line from the guest agent, its checksum verified. */
export interface AgentMessage {
  /** Counts the agent's lines from 1; a gap is a lost line. */
  readonly sequence: number;
  /**
   * Guest CLOCK_MONOTONIC, nanoseconds. A number, so that recordings are plain JSON: it counts from the guest's boot and
   * is exact for the first 104 days (2^53 ns). A later stamp is garbled rather than rounded.
   */
  readonly guestNs: number;
  /** What happened: `ready`, `usable`, `echo`, `kmsg`, ... */
  readonly kind: string;
  /** Decoded as UTF-8; where the agent cut a value inside a character, that character is U+FFFD. */
  readonly fields: Readonly<Record<string, string>>;
}

const RECEIVE_TRIGGER_BYTES = 8;

/** A line that is not exactly what the protocol allows. It is recorded, never guessed at. */
export interface GarbledLine {
  readonly line: string;
  readonly reason: string;
}

/**
 * A request to the agent as one line, newline included. The agent's answers carry `id` in their `request` field.
 * Throws RangeError for what the agent could not read: such a request is a defect of the caller.
 */
export function encodeRequest(id: number, verb: string, fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields);
  if (!Number.isSafeInteger(id) || id < 0) throw new RangeError(`request id ${id} is not a whole number`);
  for (const name of [verb, ...entries.map(([key]) => key)])
    if (!NAME.test(name)) throw new RangeError(`"${name}" is not a name in the agent's protocol`);
  if (entries.length > MAXIMUM_FIELDS) throw new RangeError(`${verb}: ${entries.length} fields, ${MAXIMUM_FIELDS} fit`);
  const words = [PROTOCOL_NAME, String(id), verb, ...entries.map(([key, value]) => `${key}=${encodeValue(value)}`)];
  const line = withChecksum(padded(words.join(' ')));
  if (line.length > MAXIMUM_REQUEST_BYTES)
    throw new RangeError(`${verb}: ${line.length} bytes, ${MAXIMUM_REQUEST_BYTES} fit`);
  return `${line}\n`;
}

/** Reads one line from the agent, given without its newline. */
export function decodeMessage(line: string): Result<AgentMessage, GarbledLine> {
  const garbled = (reason: string) => fail({ line, reason });
  // A damaged byte that is no ASCII was changed again when the line was decoded: the checksum cannot judge it.
  if (/[^ -~]/.test(line)) return garbled('a byte outside printable ASCII');
  const [, content, checksum] = /^(.*) #([0-9a-f]{8})$/.exec(line) ?? [];
  if (content === undefined) return garbled('no checksum');
  if (checksum !== checksumOf(content)) return garbled('wrong checksum');

  const [name, sequence = '', guestNs = '', kind = '', ...words] = content.split(' ');
  if (name !== PROTOCOL_NAME) return garbled('another protocol version');
  if (!isCount(sequence)) return garbled('malformed sequence number');
  if (!isCount(guestNs)) return garbled('malformed time stamp');
  if (!NAME.test(kind)) return garbled('malformed kind');
  const fields: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const key = word.slice(0, Math.max(0, equals));
    const value = decodeValue(word.slice(equals + 1));
    if (!NAME.test(key) || value === undefined) return garbled('malformed field');
    if (Object.hasOwn(fields, key)) return garbled('a field twice');
    fields[key] = value;
  }
  return ok({ sequence: Number(sequence), guestNs: Number(guestNs), kind, fields });
}

/**
 * Spaces up to a whole number of receive triggers, for the line with its checksum and newline. Linux lets a 16550A
 * interrupt when 8 bytes have come (8250_port.c, UART_FCR_R_TRIG_10); a rest of fewer waits for the UART's time-out of
 * four characters, which QEMU emulates: 0.35 ms at 115200 baud on every request, and so in the clock's uncertainty.
 */
function padded(content: string): string {
  const length = withChecksum(content).length + 1;
  return content + ' '.repeat((RECEIVE_TRIGGER_BYTES - (length % RECEIVE_TRIGGER_BYTES)) % RECEIVE_TRIGGER_BYTES);
}

function checksumOf(content: string): string {
  return crc32(content).toString(16).padStart(8, '0');
}

function withChecksum(content: string): string {
  return `${content} #${checksumOf(content)}`;
}

function isCount(text: string): boolean {
  return COUNT.test(text) && Number.isSafeInteger(Number(text));
}

function encodeValue(value: string): string {
  // The agent keeps values as C strings.
  if (value.includes('\0')) throw new RangeError('a NUL character cannot be sent to the agent');
  return Array.from(Buffer.from(value), (byte) => {
    const character = String.fromCharCode(byte);
    return byte > 0x20 && byte < 0x7f && character !== '%' && character !== '#'
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** The text, or undefined where a `%` is not followed by two hexadecimal digits. */
function decodeValue(encoded: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(encoded)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    const byte = encoded.charCodeAt(i);
    if (byte === PERCENT) {
      bytes.push(Number.parseInt(encoded.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      bytes.push(byte);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
