import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';
import { explain } from './failure.ts';

const ROOT = '/results';

function systemError(code: string, where: { path?: string; syscall?: string }): Error {
  return Object.assign(new Error(`${code}: so it is`), { code, ...where });
}

test.each([
  ['anything about a path of the results', systemError('ENOENT', { path: '/results/run/run.json', syscall: 'open' })],
  ['an open file of the results', systemError('ENOSPC', { syscall: 'write' })],
])('%s is the host’s fault, and says where and what to do', (_, error) => {
  expect(explain(error, ROOT)).toEqual({
    code: EXIT.hostUnable,
    message: expect.stringMatching(/^cannot write results in \/results: E\w+: so it is\. .*--out\.$/),
  });
});

test('what a host may always refuse is its fault elsewhere, too', () => {
  const error = systemError('ENOSPC', { path: '/run/hotplug-bench-0/1-2', syscall: 'mkdir' });
  expect(explain(error, ROOT)).toEqual({ code: EXIT.hostUnable, message: 'ENOSPC: so it is' });
});

test.each(['ENOENT', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'])(
  '%s of a file of the host says what the system said',
  (code) => {
    // A name that only begins like the folder is not in it.
    const { message, ...rest } = explain(systemError(code, { path: '/results-2/x', syscall: 'open' }), ROOT);
    expect(rest).toEqual({ code: EXIT.hostUnable });
    expect(message).toMatch(new RegExp(`^${code}: so it is\\. Something else is there`));
  },
);

test.each([
  [
    'a file of ours that is not there',
    systemError('ENOENT', { path: join(projectRoot, 'package.json'), syscall: 'open' }),
  ],
  ['a broken connection', systemError('ECONNRESET', { syscall: 'read' })],
  ['a mistake in the code', new TypeError('x is undefined')],
  ['something that is no Error', 'oops'],
])('%s is a defect, and shows its stack', (_, error) => {
  const { code, message } = explain(error, ROOT);
  expect(code).toBe(EXIT.defect);
  expect(message).toContain(error instanceof Error ? error.stack : error);
});
