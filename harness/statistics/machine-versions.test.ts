import { expect, test } from 'vitest';
import { sortVersions, type Version, versionLabels } from './machine-versions.ts';

const version = (number: string, ...others: readonly string[]): Version => ({
  key: [number, ...others].join(' '),
  number,
  texts: [/^\d+\.\d+/.exec(number)?.[0] ?? number, number, ...others],
});

test('versions are ordered as numbers, a release candidate before its release, one without a number last', () => {
  const numbers = ['6.12.95', '', '6.1.176', '6.12.0', '5.10.223', '6.12.0-rc2', '7.2.13'];
  expect(sortVersions(numbers.map((number) => version(number))).map(({ number }) => number)).toEqual([
    ...['5.10.223', '6.1.176', '6.12.0-rc2', '6.12.0', '6.12.95', '7.2.13', ''],
  ]);
});

test('a version is called as shortly as it can be told from the others', () => {
  expect(versionLabels([version('7.2.22'), version('10.0.2'), version('10.0.13')])).toEqual([
    '7.2',
    '10.0.2',
    '10.0.13',
  ]);
  expect(versionLabels([version('7.2.22', 'Debian 7.2'), version('7.2.22', 'my build')])).toEqual([
    'Debian 7.2',
    'my build',
  ]);
});
