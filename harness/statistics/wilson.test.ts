import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilsonShare } from './wilson.ts';

// By hand: 0 of 10 is [0, z² / (n + z²)] with z² = 3.841459; 1 of 2 is 1/2 ± z / (2 sqrt(n + z²)).
test.each([
  [0, 10, 0, 3.841459 / 13.841459],
  [10, 10, 10 / 13.841459, 1],
  [1, 2, 0.5 - 0.979982 / Math.sqrt(5.841459), 0.5 + 0.979982 / Math.sqrt(5.841459)],
  // Newcombe 1998, Stat. Med. 17, table I: 81 of 263.
  [81, 263, 0.2553, 0.3662],
])('%d of %d', (count, total, low, high) => {
  const { value, ci95 } = wilsonShare(count, total);
  expect(value).toBeCloseTo(count / total, 12);
  expect(ci95?.[0]).toBeCloseTo(low, 4);
  expect(ci95?.[1]).toBeCloseTo(high, 4);
});

test('the interval holds the share and stays within 0 and 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, part) => {
      const count = Math.round(part * total);
      const [low, high] = wilsonShare(count, total).ci95 ?? [Number.NaN, Number.NaN];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(count / total);
      expect(high).toBeGreaterThanOrEqual(count / total);
      expect(high).toBeLessThanOrEqual(1);
    }),
  );
});
