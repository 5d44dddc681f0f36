import { expect, test } from 'vitest';
import { logEnds, logTicks } from './log-ticks.ts';

test('ticks at 1, 2 and 5 around the values', () => {
  expect(logTicks([60, 6200])).toEqual([50, 100, 200, 500, 1000, 2000, 5000]);
});

test('powers of ten alone over many of them', () => {
  expect(logTicks([1, 1e6])).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

test('values close to each other have ticks that can be told apart, and so has one alone', () => {
  expect(logTicks([100, 300])).toEqual([100, 150, 200, 300, 400]);
  expect(logTicks([84.3, 108])).toEqual([85, 90, 95, 100, 105]);
  expect(logTicks([25.661, 25.874])).toEqual([25.6, 25.8, 26]);
  expect(logTicks([420.05])?.length).toBeGreaterThan(2);
});

test('none for nothing, and for 0, which has no logarithm', () => {
  expect([logTicks([]), logTicks([0, 100])]).toEqual([undefined, undefined]);
});

test('an axis of values that hardly differ goes beyond them, so that they do not look far apart', () => {
  expect(logEnds([420.051, 420.0513])).toEqual({
    domainMin: expect.closeTo(415.85),
    domainMax: expect.closeTo(424.25),
  });
  expect([logEnds([100, 120]), logEnds([]), logEnds([0])]).toEqual([{}, {}, {}]);
});
