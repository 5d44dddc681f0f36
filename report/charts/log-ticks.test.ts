import { expect, test } from 'vitest';
import { logTicks } from './log-ticks.ts';

test('ticks at 1, 2 and 5 around the values', () => {
  expect(logTicks([60, 6200])).toEqual([50, 100, 200, 500, 1000, 2000, 5000]);
});

test('powers of ten alone over many of them', () => {
  expect(logTicks([1, 1e6])).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

test('none for values close to each other, for nothing, and for 0, which has no logarithm', () => {
  expect([logTicks([100, 130]), logTicks([]), logTicks([0, 100])]).toEqual([undefined, undefined, undefined]);
});
