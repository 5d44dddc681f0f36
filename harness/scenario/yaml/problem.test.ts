import { expect, test } from 'vitest';
import { formatProblem, problemsText, tidyProblems } from './problem.ts';

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

test('of very many problems the first are shown, and how many more there are', () => {
  const problems = Array.from({ length: 5000 }, (_, line) => ({ file: 'a.yaml', line, column: 1, wrong: 'wrong' }));
  const lines = problemsText(problems).split('\n');
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe('... and 4950 more');
  expect(problemsText(problems.slice(0, 50)).split('\n')).toHaveLength(50);
});
