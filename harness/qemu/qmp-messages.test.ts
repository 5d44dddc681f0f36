import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQmpLine, qmpId, qmpMessage, qmpStampMs } from './qmp-messages.ts';

test.each([
  [{ QMP: { version: {}, capabilities: [] } }, { kind: 'greeting' }],
  [
    { return: { status: 'running' }, id: 3 },
    { kind: 'return', id: 3, value: { status: 'running' } },
  ],
  [
    { return: null, id: 3 },
    { kind: 'return', id: 3, value: null },
  ],
  [
    { error: { class: 'GenericError', desc: 'no' }, id: 4 },
    { kind: 'error', id: 4, class: 'GenericError', description: 'no' },
  ],
  [{ error: { desc: 'no' } }, { kind: 'error', id: undefined, class: '', description: 'no' }],
  [
    { event: 'STOP', timestamp: { seconds: 1, microseconds: 2 } },
    { kind: 'event', event: 'STOP', data: {} },
  ],
  [
    { event: 'DEVICE_DELETED', data: { device: 'd0' } },
    { kind: 'event', event: 'DEVICE_DELETED', data: { device: 'd0' } },
  ],
  [
    { execute: 'device_del', arguments: { id: 'd0' }, id: 'op3/1' },
    { kind: 'command', execute: 'device_del', id: 'op3/1' },
  ],
  [{ something: 'else' }, { kind: 'unknown' }],
])('%j', (message, expected) => {
  expect(parseQmpLine(JSON.stringify(message))).toEqual({ message, ...expected });
});

test.each(['', '{', 'null', '3', '"text"', '[]', 'char device redirected to /dev/pts/0'])('%j is malformed', (text) => {
  expect(parseQmpLine(text)).toEqual({ kind: 'malformed', message: { malformed: text } });
});

test('never throws, whatever the JSON', () => {
  const keys = fc.constantFrom('QMP', 'return', 'error', 'event', 'data', 'id', 'other');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue(), { noNullPrototype: true }), (message) => {
      expect(parseQmpLine(JSON.stringify(message)).message).toEqual(JSON.parse(JSON.stringify(message)));
    }),
  );
});

test.each([undefined, null, 3, 'text', []])('%j in a recording is no message, and has no id', (message) => {
  expect(qmpMessage(message).kind).toBe('unknown');
  expect(qmpId(message)).toBeUndefined();
});

test("an event has QEMU's stamp in milliseconds, where it has one", () => {
  expect(qmpStampMs({ event: 'STOP', timestamp: { seconds: 1, microseconds: 2500 } })).toBe(1002.5);
  expect(qmpStampMs({ event: 'STOP' })).toBeUndefined();
});
