import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareByBoot, wilsonShare } from './share.ts';

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

describe('over boots', () => {
  const boots = (counts: readonly number[], total: number) => counts.map((count) => ({ count, total }));

  test('the interval is that of as many samples as there are boots where the samples of a boot go alike', () => {
    expect(shareByBoot(boots([4, 0, 0, 4, 0, 0], 4)).ci95).toEqual(wilsonShare(2, 6).ci95);
    expect(shareByBoot(boots([0, 0, 0, 0, 0], 8)).ci95).toEqual(wilsonShare(0, 5).ci95);
  });

  test('it is that of all samples where boots differ less than chance would have it', () => {
    expect(shareByBoot(boots([2, 2, 2, 2], 4)).ci95).toEqual(wilsonShare(8, 16).ci95);
  });

  test('it holds the share, and is no narrower than that of independent samples', () => {
    const boot = fc
      .integer({ min: 1, max: 20 })
      .chain((total) => fc.record({ total: fc.constant(total), count: fc.nat(total) }));
    fc.assert(
      fc.property(fc.array(boot, { minLength: 1, maxLength: 30 }), (all) => {
        const [count, total] = [
          all.reduce((sum, one) => sum + one.count, 0),
          all.reduce((sum, one) => sum + one.total, 0),
        ];
        const { value, ci95 = [1, 0] } = shareByBoot(all);
        const [low, high] = wilsonShare(count, total).ci95 ?? [1, 0];
        expect(value).toBe(count / total);
        expect(ci95[0]).toBeLessThanOrEqual(value);
        expect(ci95[1]).toBeGreaterThanOrEqual(value);
        expect(ci95[1] - ci95[0]).toBeGreaterThanOrEqual(high - low - 1e-12);
      }),
    );
  });
});
