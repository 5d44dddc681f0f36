import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fisherMoreOften } from './fisher.ts';

test.each([
  // The lady tasting tea: 3 of 4 against 1 of 4 is (16 + 1) / 70 (Agresti 2013, 3.5.2).
  [1, 4, 3, 4, 17 / 70],
  // 0 of 5 against 5 of 5: one of 252 tables, and the other way round all of them.
  [0, 5, 5, 5, 1 / 252],
  [5, 5, 0, 5, 1],
  [0, 10, 0, 10, 1],
  // R: fisher.test(matrix(c(11, 3, 1, 9), 2), alternative = "greater").
  [1, 10, 11, 14, 0.001379728],
])('%d of %d before, %d of %d now: %d', (before, ofBefore, now, ofNow, expected) => {
  expect(fisherMoreOften({ count: before, total: ofBefore }, { count: now, total: ofNow })).toBeCloseTo(expected, 6);
});

const share = fc
  .tuple(fc.nat(20), fc.nat(20))
  .map(([count, more]) => ({ count, total: count + more }))
  .filter(({ total }) => total > 0);

test('is a probability, and the smaller the more often it happens now', () => {
  fc.assert(
    fc.property(share, share, (before, now) => {
      const pValue = fisherMoreOften(before, now);
      expect(pValue).toBeGreaterThan(0);
      expect(pValue).toBeLessThanOrEqual(1);
      if (now.count === now.total) return;
      expect(fisherMoreOften(before, { ...now, count: now.count + 1 })).toBeLessThanOrEqual(pValue + 1e-9);
    }),
  );
});
