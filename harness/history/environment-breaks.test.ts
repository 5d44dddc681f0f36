import { expect, test } from 'vitest';
import { environmentBreaks } from './environment-breaks.ts';

function points(...environments: readonly Readonly<Record<string, string>>[]) {
  return environments.map((environment) => ({ environment: new Map(Object.entries(environment)) }));
}

test('a series is cut where a value changes, with both values', () => {
  expect(environmentBreaks(points({ QEMU: '7' }, { QEMU: '7' }, { QEMU: '8' }))).toEqual([
    { index: 0, changes: [] },
    { index: 2, changes: [{ what: 'QEMU', before: '7', after: '8' }] },
  ]);
});

test('what a night does not say has not changed, and is compared with what was last known', () => {
  const all = points({ QEMU: '7' }, { QEMU: '7', microcode: '1' }, { QEMU: '7' }, { QEMU: '7', microcode: '2' });
  expect(environmentBreaks(all)).toEqual([
    { index: 0, changes: [] },
    { index: 3, changes: [{ what: 'microcode', before: '1', after: '2' }] },
  ]);
});

test('no points, no breaks', () => {
  expect(environmentBreaks([])).toEqual([]);
});
