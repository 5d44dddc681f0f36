import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeDots } from './dots.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const dots = fc.array(fc.record({ x: share, y: share }), { maxLength: 400 });

test('no dot is lost: each is drawn or counted with one that is', () => {
  fc.assert(
    fc.property(dots, (all) => {
      const merged = mergeDots(all, 100, 0.3);
      expect(merged.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    }),
  );
});

test('dots far from each other stay, and those in one place become one', () => {
  expect(
    mergeDots(
      [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      10,
      0.3,
    ),
  ).toHaveLength(2);
  expect(
    mergeDots(
      Array.from({ length: 50 }, () => ({ x: 0.5, y: 0.5 })),
      10,
      0.3,
    ),
  ).toEqual([{ dot: { x: 0.5, y: 0.5 }, count: 50 }]);
});

test('as many as were asked for are drawn at the most, where a grid is coarse enough', () => {
  const line = Array.from({ length: 5000 }, (_, index) => ({ x: index / 5000, y: 0 }));
  expect(mergeDots(line, 100, 0.3).length).toBeLessThanOrEqual(100);
});
