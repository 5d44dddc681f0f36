import { expect, test } from 'vitest';
import { formatProblem, tidyProblems } from './problem.ts';

const place = { file: 'scenarios/a.yaml', line: 3, column: 11 };

test('a problem is one line: place, what is wrong, what was expected, what was meant', () => {
  expect(formatProblem({ ...place, wrong: 'a' })).toBe('scenarios/a.yaml:3:11: a');
  expect(formatProblem({ ...place, wrong: 'a', expected: 'b' })).toBe('scenarios/a.yaml:3:11: a, expected b');
  expect(formatProblem({ ...place, wrong: 'a', expected: 'b', suggestion: 'c' })).toBe(
    'scenarios/a.yaml:3:11: a, expected b, did you mean "c"?',
  );
});

test('nothing in a file can move the cursor of the terminal or turn its text around', () => {
  expect(formatProblem({ ...place, wrong: '\u001b[2J\r\n\u009b\u202e\u2028' })).toBe(
    'scenarios/a.yaml:3:11: \\u{1b}[2J\\u{d}\\u{a}\\u{9b}\\u{202e}\\u{2028}',
  );
});

test('problems come in the order of the text, each once', () => {
  const late = { ...place, line: 10, wrong: 'late' };
  const right = { ...place, column: 12, wrong: 'right' };
  const first = { ...place, wrong: 'first' };
  expect(tidyProblems([late, first, right, { ...late }])).toEqual([first, right, late]);
});
