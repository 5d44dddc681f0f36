import { expect, test } from 'vitest';
import { hasFailed } from './run-state.ts';

test('a run fails with one sample that is not accepted, or with one boot where no sample says it', () => {
  expect(hasFailed([{ expected: true }], [{ failure: undefined }])).toBe(false);
  expect(hasFailed([{ expected: true }, { expected: false }], [])).toBe(true);
  expect(hasFailed([{ expected: true }], [{ failure: 'after the last operation: QEMU died of SIGSEGV' }])).toBe(true);
});
