import { expect, test } from 'vitest';
import { sortByValue } from './by-boot.ts';

test('values are sorted together with the boots they come from', () => {
  expect(sortByValue([[3, 1], [2], [0, 4]])).toEqual({ values: [0, 1, 2, 3, 4], boots: [2, 0, 1, 0, 2] });
});
