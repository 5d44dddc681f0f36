import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slugs } from './slug.ts';

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
