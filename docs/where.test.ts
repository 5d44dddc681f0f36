import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../harness/project-root.ts';

const answers = readFileSync(join(projectRoot, 'docs', 'where.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| question') && !line.startsWith('| ---'))
  .map((line) => line.split(' | ') as [question: string, answer: string]);

/** Text of a file, or of all files of a folder. */
function textOf(path: string): string {
  if (!path.includes('.', 1)) {
    return readdirSync(join(projectRoot, path))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(projectRoot, path, name), 'utf8'))
      .join('');
  }
  return readFileSync(join(projectRoot, path), 'utf8');
}

test('there are answers', () => {
  expect(answers.length).toBeGreaterThan(15);
});

test.each(answers)('%s', (_, answer) => {
  const marked = [...answer.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  const paths = marked.filter((word) => !word.includes(' ') && (word.includes('/') || word.startsWith('.')));
  expect(paths.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  const text = paths.map(textOf).join('');
  const names = marked.filter((word) => /^[A-Za-z_]+$/.test(word));
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
