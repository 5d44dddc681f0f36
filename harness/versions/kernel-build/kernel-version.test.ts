import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions } from './kernel-version.ts';

test('versions are compared number by number, and a revision of Debian’s does not count', () => {
  expect(compareVersions('6.1.192-2', '6.12.117-1')).toBeLessThan(0);
  expect(compareVersions('6.12', '6.12.95-1~bpo12+1')).toBeLessThan(0);
  expect(compareVersions('7.2.13-1', '6.12')).toBeGreaterThan(0);
  expect(compareVersions('6.1.192-2', '6.1.192-1')).toBe(0);
  expect(compareVersions('6.12.0', '6.12')).toBe(0);
});

test('the order is that of the numbers, whatever they are', () => {
  const parts = fc.array(fc.nat(300), { minLength: 3, maxLength: 3 });
  const asNumber = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum * 1000 + number, 0);
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const compared = compareVersions(one.join('.'), other.join('.'));
      expect(Math.sign(compared)).toBe(Math.sign(asNumber(one) - asNumber(other)));
    }),
  );
});
