import { expect, test } from 'vitest';
import { list, percent, times } from './words.ts';

test('names in a sentence', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((names) => list(names))).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
  expect(list(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
});

test('ratios with as many digits as a reader wants', () => {
  expect([1.037, 2.34, 118.6].map(times)).toEqual(['1.04 times', '2.3 times', '119 times']);
});

test('a share below all is not rounded up to all', () => {
  expect([0, 0.004, 0.5, 0.9986, 1].map(percent)).toEqual(['0 %', '0.4 %', '50 %', '99.9 %', '100 %']);
});
