import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../harness/any-text.fixture.ts';
import { textOnly } from './page.ts';

test('control characters become their pictures, marks of direction and halves of characters a question mark', () => {
  expect(textOnly('\u001b[31mred\u0000\u007f')).toBe('␛[31mred␀␡');
  expect(textOnly('a\u202eb\u2028c\ud800d\u0085e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
});

test('what shows is left as it is, tabs, line feeds and characters beyond the first plane included', () => {
  const text = 'Größe\t→ 𝄞 😀\n日本語';
  expect(textOnly(text)).toBe(text);
});

test('nothing that it lets through is a control character, and doing it again changes nothing', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const safe = textOnly(text);
      expect(safe).not.toMatch(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/u);
      expect(textOnly(safe)).toBe(safe);
    }),
  );
});
