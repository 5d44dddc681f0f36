import { expect, test } from 'vitest';
import type { SideBySide } from '../../harness/statistics/side-by-side.ts';
import { sideBySideLines } from './side-by-side.ts';

const FOUND: SideBySide = {
  scenario: 'quick',
  operation: 'plug',
  jobs: 2,
  verdict: 'differ',
  ratio: 1.4,
  pValue: 0.0123,
  variants: [
    { variant: 'a', bootsAlone: 1, bootsSideBySide: 4, ratio: 1.4 },
    { variant: 'b', bootsAlone: 1, bootsSideBySide: 3, ratio: 1.4 },
  ],
};

test('a line per operation, and a warning only where they differ', () => {
  const [, , differ = '', alike = '', unknown = ''] = sideBySideLines([
    FOUND,
    { ...FOUND, verdict: 'alike' },
    { ...FOUND, verdict: 'unknown' },
  ]);
  expect(differ).toContain('quick plug: 1.40x (7 boots 2 at a time, 2 alone, p 0.012): WARNING');
  expect(alike).not.toContain('WARNING');
  expect(unknown).toContain('too few boots');
});

test('nothing for a run in which nothing ran side by side', () => {
  expect(sideBySideLines([])).toEqual([]);
});
