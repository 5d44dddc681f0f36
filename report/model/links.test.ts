import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insideRun, linkTo, slugs } from './links.ts';

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

test('names keep what is safe of them', () => {
  const slug = slugs();
  expect(slug('shpc-bridge')).toBe('shpc-bridge');
  expect(slug('<script>')).toBe('script');
  expect(slug('script')).toBe('script-2');
  expect(slug('äöü')).toBe('x');
});

test('no two names get the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (names) => {
      const given = names.map(slugs());
      expect(new Set(given).size).toBe(names.length);
      for (const one of given) expect(one).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    }),
  );
});

test('anchors that are taken are given to nobody', () => {
  expect(slugs(['history'])('history')).toBe('history-2');
});
