import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from './packed-rows.ts';

const row = fc.record({ variant: fc.string(), ms: fc.double({ noNaN: true }), tip: fc.string() });

test('what is packed is unpacked as it was', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(unpack(pack(rows))).toEqual(rows);
    }),
  );
});
