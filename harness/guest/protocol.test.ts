import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../any-text.fixture.ts';
import { decodeMessage, encodeRequest } from './protocol.ts';

/** A line as agent/protocol.c writes it, without its newline. */
function agentLine(content: string): string {
  return `${content} #${crc32(content).toString(16).padStart(8, '0')}`;
}

/** What follows the request's id and verb, without its padding, moved behind a message's head: both sides encode fields alike. */
function asMessage(request: string): string {
  return agentLine(request.replace(/^hpb1 \d+ (\S+)/, 'hpb1 1 2 $1').replace(/ +#[0-9a-f]{8}\n$/, ''));
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);
const text = anyText({ maxLength: 40 }).filter((value) => !value.includes('\0'));
const fields = fc.dictionary(name, text, { maxKeys: 8, noNullPrototype: true });

describe('decodeMessage', () => {
  test('reads the sequence, the stamp, the kind and the fields', () => {
    expect(decodeMessage(agentLine('hpb1 7 1234567890123456 usable device=d0 name=vda reason='))).toEqual({
      ok: true,
      value: {
        sequence: 7,
        guestNs: 1234567890123456,
        kind: 'usable',
        fields: { device: 'd0', name: 'vda', reason: '' },
      },
    });
  });

  test.each([
    ['', 'no checksum'],
    ['hpb1 1 2 ready', 'no checksum'],
    ['hpb1 1 2 ready #12345678', 'wrong checksum'],
    [agentLine('hpb1 1 2 ready').toUpperCase(), 'no checksum'],
    [agentLine('hpb2 1 2 ready'), 'another protocol version'],
    [agentLine('hpb1'), 'malformed sequence number'],
    [agentLine('hpb1 x 2 ready'), 'malformed sequence number'],
    [agentLine('hpb1 1'), 'malformed time stamp'],
    [agentLine('hpb1 1 -2 ready'), 'malformed time stamp'],
    [agentLine('hpb1 1 9007199254740993 ready'), 'malformed time stamp'],
    [agentLine('hpb1 1 2'), 'malformed kind'],
    [agentLine('hpb1 1 2  a=b'), 'malformed kind'],
    [agentLine('hpb1 1 2 ready a'), 'malformed field'],
    [agentLine('hpb1 1 2 ready '), 'malformed field'],
    [agentLine('hpb1 1 2 ready =b'), 'malformed field'],
    [agentLine('hpb1 1 2 ready __proto__=b'), 'malformed field'],
    [agentLine('hpb1 1 2 ready a=%4'), 'malformed field'],
    [agentLine('hpb1 1 2 ready a=%zz'), 'malformed field'],
    [agentLine('hpb1 1 2 ready a=1 a=2'), 'a field twice'],
    [agentLine('hpb1 1 2 ready a=\u00e9'), 'a byte outside printable ASCII'],
  ])('%j is garbled: %s', (line, reason) => {
    expect(decodeMessage(line)).toEqual({ ok: false, failure: { line, reason } });
  });

  test('a value cut inside a character keeps what is before it', () => {
    const decoded = decodeMessage(agentLine('hpb1 1 2 kmsg text=caf%C3'));
    expect(decoded).toMatchObject({ ok: true, value: { fields: { text: 'caf\ufffd' } } });
  });

  test('every damage to a single byte is noticed', () => {
    const damage = fc.tuple(fields, fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(damage, ([sent, position, flip]) => {
        const bytes = Buffer.from(asMessage(encodeRequest(1, 'kmsg', sent)));
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        expect(decodeMessage(bytes.toString('utf8')).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.string().map(agentLine)), (line) => {
        decodeMessage(line);
      }),
    );
  });
});

describe('encodeRequest', () => {
  test('is one line with a checksum', () => {
    const content = 'hpb1 3 watch device=a%20b%25%23'.padEnd(37);
    expect(encodeRequest(3, 'watch', { device: 'a b%#' })).toBe(`${agentLine(content)}\n`);
  });

  test('fills whole receive triggers of the UART, so that its end does not wait for a time-out', () => {
    fc.assert(fc.property(fc.nat(), name, fields, (id, verb, sent) => encodeRequest(id, verb, sent).length % 8 === 0));
  });

  test('fields come back as they were, whatever their text', () => {
    fc.assert(
      fc.property(name, fields, (verb, sent) => {
        const decoded = decodeMessage(asMessage(encodeRequest(1, verb, sent)));
        expect(decoded).toEqual({ ok: true, value: { sequence: 1, guestNs: 2, kind: verb, fields: sent } });
      }),
    );
  });

  test.each([
    ['an id that is no count', () => encodeRequest(-1, 'echo', {})],
    ['a verb that is no word', () => encodeRequest(1, 'echo it', {})],
    ['a key that is no word', () => encodeRequest(1, 'echo', { 'a=b': '' })],
    ['a NUL, which ends a C string', () => encodeRequest(1, 'echo', { a: 'x\0y' })],
    [
      'more fields than the agent holds',
      () => encodeRequest(1, 'echo', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, '']))),
    ],
    ['a line that the agent would cut', () => encodeRequest(1, 'echo', { a: 'x'.repeat(4090) })],
  ])('refuses %s', (_, encode) => {
    expect(encode).toThrow(RangeError);
  });
});
