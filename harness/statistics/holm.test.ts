import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from './holm.ts';

test('by hand', () => {
  // Sorted 0.01, 0.02, 0.03, 0.5 times 4, 3, 2, 1, never below the one before.
  expect(holm([0.03, 0.01, 0.5, 0.02])).toEqual([0.06, 0.04, 0.5, 0.06]);
  expect(holm([])).toEqual([]);
});

test('never makes a p-value smaller, nor larger than Bonferroni, and keeps the order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (pValues) => {
      const adjusted = holm(pValues);
      pValues.forEach((p, index) => {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * pValues.length));
        pValues.forEach((other, place) => {
          if (p < other) expect(adjusted[index] as number).toBeLessThanOrEqual(adjusted[place] as number);
        });
      });
    }),
  );
});
