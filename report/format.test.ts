import { expect, test } from 'vitest';
import { formatDuration, formatMs, formatRatio } from './format.ts';

test.each([
  [0.416, '0.42'],
  [4.1666, '4.17'],
  [9.996, '10.0'],
  [41.66, '41.7'],
  [99.96, '100'],
  [6123.4, '6123'],
])('%d ms', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [92.3, '92x'],
  [1, '1.00x'],
  [0.0129, '0.013x'],
])('ratio %d', (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});

test.each([
  [1_400, '1 s'],
  [59_900, '1 min'],
  [200_000, '3 min 20 s'],
  [3_900_000, '1 h 5 min'],
])('%d ms as a duration', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
