import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { main } from './cli.ts';
import { EXIT } from './exit-codes.ts';

let stderr = '';

beforeEach(() => {
  stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

test('a host that cannot be set up: exit 4 with what set-up said', async () => {
  const ensureHost = vi.fn().mockResolvedValue({ ok: false, message: 'Type:\n  apt-get install it' });
  expect(await main(['scenarios/quick.yaml'], { ensureHost })).toBe(EXIT.hostUnable);
  expect(stderr).toBe('Type:\n  apt-get install it\n');
});

test.each([['list'], ['validate', 'scenarios/quick.yaml'], ['nowhere.yaml'], ['--boots', '0', 'scenarios/quick.yaml']])(
  '%s asks nothing of the host',
  async (...argv) => {
    const ensureHost = vi.fn();
    await main(argv, { ensureHost });
    expect(ensureHost).not.toHaveBeenCalled();
  },
);

test('an exception is a defect: its stack trace, and exit 70, which cannot be read as a regression', async () => {
  const ensureHost = vi.fn().mockRejectedValue(new Error('planted'));
  expect(await main(['scenarios/quick.yaml'], { ensureHost })).toBe(EXIT.defect);
  expect(stderr).toMatch(/This is a defect.*\nError: planted\n +at /);
});
