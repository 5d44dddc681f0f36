import fc from 'fast-check';

/** Every code point but halves of surrogate pairs, and the first 128 as often as all others. */
const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.oneof(fc.integer({ min: 0x80, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })),
);

/** For tests: text of any kind. `fc.string({ unit: 'binary' })` gives the like, after 2 s in which it lists all code points. */
export function anyText({ maxLength }: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc
    .array(codePoint, maxLength === undefined ? {} : { maxLength })
    .map((points) => String.fromCodePoint(...points));
}
