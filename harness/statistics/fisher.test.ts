import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fisherExact } from './fisher.ts';

test.each([
  // The lady tasting tea: 3 of 4 against 1 of 4 is (16 + 1 + 16 + 1) / 70 (Agresti 2013, 3.5.2).
  [3, 4, 1, 4, 34 / 70],
  // 5 of 5 against 0 of 5: 2 / 252.
  [5, 5, 0, 5, 2 / 252],
  [0, 10, 0, 10, 1],
  // R: fisher.test(matrix(c(1, 9, 11, 3), 2)).
  [1, 10, 11, 14, 0.002759456],
])('%d of %d against %d of %d: %d', (a, ofA, b, ofB, expected) => {
  expect(fisherExact({ count: a, total: ofA }, { count: b, total: ofB })).toBeCloseTo(expected, 6);
});

test('does not depend on which side is first', () => {
  const share = fc.tuple(fc.nat(20), fc.nat(20)).map(([count, more]) => ({ count, total: count + more }));
  fc.assert(
    fc.property(share, share, (a, b) => {
      expect(fisherExact(a, b)).toBeCloseTo(fisherExact(b, a), 9);
    }),
  );
});
