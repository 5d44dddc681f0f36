import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { claimRun } from '../record/run-directory.ts';
import { pruneCommand } from './prune.ts';

/** What is printed while `work` is done. */
async function printedBy(work: () => Promise<unknown>): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await work();
    return write.mock.calls.map(([text]) => text).join('');
  } finally {
    write.mockRestore();
  }
}

test('a run that is still written is kept, and goes when it has ended', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'prune-')));
  const [busy, ended] = ['20260301T020000Z-busy', '20260302T020000Z-ended'].map((name) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'run.json'), '{}');
    return join(root, name);
  }) as [string, string];
  const claim = await claimRun(busy);
  if (!claim.ok) throw new Error(claim.failure);

  const planned = await printedBy(() => pruneCommand(root, { keep: '0', dryRun: true }));
  expect(planned).toBe(`would remove ${ended}\nkept ${busy}: it is still going on\n1 would go, 1 kept\n`);
  expect([existsSync(busy), existsSync(ended)]).toEqual([true, true]);

  const printed = await printedBy(async () => expect(await pruneCommand(root, { keep: '0' })).toBe(EXIT.ok));
  expect(printed).toBe(`removed ${ended}\nkept ${busy}: it is still going on\n1 removed, 1 kept\n`);
  expect([existsSync(busy), existsSync(ended)]).toEqual([true, false]);

  claim.value();
  await printedBy(() => pruneCommand(root, { keep: '0' }));
  expect(existsSync(busy)).toBe(false);
});
