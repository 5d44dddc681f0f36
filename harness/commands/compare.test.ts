import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { writtenNights } from '../history/test-night.ts';
import { compareCommand } from './compare.ts';

test('two runs of which nothing can be compared say nothing, which is no good news', async () => {
  const { directories } = await writtenNights(6, 1);
  const [base = '', next = '', current = ''] = directories;
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await compareCommand(base, next, {})).toBe(EXIT.undecided);
    expect(await compareCommand(base, next, { acceptUndecided: true })).toBe(EXIT.ok);
    const file = join(current, 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('QEMU emulator', 'Another emulator'));
    expect(await compareCommand(base, current, {})).toBe(EXIT.noBaseline);
    expect(err.mock.calls.join()).toContain('could be compared');
    expect(await compareCommand(base, current, { force: true })).toBe(EXIT.undecided);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
});

test.each([
  ['itself', (own: string) => own],
  ['several, one of which it is', (own: string, other: string) => `${other},${own}`],
])('a run says nothing about %s', async (_, baseOf) => {
  const { directories } = await writtenNights(2, 1);
  const [other = '', own = ''] = directories;
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await compareCommand(baseOf(own, other), own, {})).toBe(EXIT.usage);
    expect(err.mock.calls.join()).toContain('a run says nothing about itself');
  } finally {
    err.mockRestore();
  }
});
