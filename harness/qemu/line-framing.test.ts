import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Framed, lineFraming } from './line-framing.ts';

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
  const words = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r\n', 'x'.repeat(30))));
  const ends = fc.array(fc.nat(1000));
  fc.assert(
    fc.property(words, ends, fc.integer({ min: 1, max: 40 }), (text, borders, maximum) => {
      const bytes = Buffer.from(text.join(''));
      expect(framed(bytes, borders, maximum)).toEqual(framed(bytes, [], maximum));
    }),
  );
});
