import { expect, test } from 'vitest';
import { microcodeIn, qemuVersion } from './fingerprint.ts';

test('the revision of the microcode, where the kernel knows one', () => {
  expect(microcodeIn('processor\t: 0\nmicrocode\t: 0x1d0003\nprocessor\t: 1\nmicrocode\t: 0x1d0003\n')).toBe(
    '0x1d0003',
  );
  expect(microcodeIn('processor\t: 0\nmodel name\t: a CPU whose microcode: nobody knows\n')).toBeUndefined();
});

test('of a version of several lines the first; a binary that cannot be run has none', async () => {
  expect(await qemuVersion('/bin/bash')).toMatch(/^GNU bash, version .+$/);
  expect(await qemuVersion('/nowhere/qemu')).toBe('');
});
