import { expect, test } from 'vitest';
import { figureTable } from './figure.ts';

test('the figure is the median unless one is given, an aim is about its size, and nothing measured is none', () => {
  const table = figureTable([
    { what: 'start, ms', readings: [120, 100, 300], aim: 250, how: 'a' },
    { what: 'cost, ms', readings: [4, 4, 20], figure: 9.5, aim: 5, how: 'b' },
    { what: 'difference, ms', readings: [-1.5, -0.5, 0.25], aim: 1, how: 'c' },
    { what: 'difference, ms', readings: [-1.5], aim: 1, how: 'c' },
    { what: 'unseen, ms', readings: [], aim: 1, how: 'c' },
  ]);
  expect(table).toEqual([
    '                n  figure    aim  met    min   p95   max  how',
    '--------------  -  ------  -----  ---  -----  ----  ----  ---',
    'start, ms       3     120  < 250  yes    100   282   300  a',
    'cost, ms        3    9.50    < 5  no    4.00  18.4  20.0  b',
    'difference, ms  3   -0.50    < 1  yes  -1.50  0.17  0.25  c',
    'difference, ms  1   -1.50    < 1  no                      c',
    'unseen, ms      0    none    < 1                          c',
  ]);
});
