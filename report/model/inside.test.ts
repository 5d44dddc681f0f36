import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insideRun, linkTo } from './inside.ts';

test('paths inside the run directory are kept', () => {
  expect(insideRun('logs/quick.shpc.001')).toBe('logs/quick.shpc.001');
  expect(linkTo('logs/a b/#1?.sh')).toBe('./logs/a%20b/%231%3F.sh');
});

test.each([
  '../other',
  'logs/../../x',
  '/etc/passwd',
  'https://example.org',
  'javascript:alert(1)',
  '\\\\host\\x',
  'a\0b',
  '',
])('%j is not one', (path) => expect(insideRun(path)).toBeUndefined());

test('whatever a path is, a link to it stays below the page', () => {
  const page = 'file:///results/run/';
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const path = insideRun(text);
      if (path !== undefined) expect(new URL(linkTo(path), `${page}report.html`).href.startsWith(page)).toBe(true);
    }),
  );
});
