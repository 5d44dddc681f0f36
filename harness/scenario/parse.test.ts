import { expect, test } from 'vitest';
import { questionOf } from './parse.ts';

test('the question is the comment above the first key, without marks and without the line for editors', () => {
  const editor = '# yaml-language-server: $schema=../harness/scenario/scenario.schema.json\n';
  expect(questionOf(`${editor}# Does it matter,\n# and why?\nname: x\n# not this\n`)).toBe('Does it matter,\nand why?');
  expect(questionOf(`\uFEFF${editor}\r\n#Why?\r\n---\r\nname: x`)).toBe('Why?');
  expect(questionOf('## Why?\n#\n#   indented\nname: x')).toBe('Why?\n\n  indented');
});

test('a file without a comment at its top asks nothing', () => {
  expect(questionOf('name: x # why?\n')).toBe('');
  expect(questionOf('')).toBe('');
});
