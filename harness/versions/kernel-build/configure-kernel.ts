import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureWithRemedy } from '../../result.ts';
import { fail, ok, type Result } from '../../result.ts';
import { describeLostOptions, lostOptions } from './kernel-config.ts';
import { runMake } from './run-make.ts';

/**
 * Makes the .config of the kernel in `tree`: the smallest configuration, with the fragment appended. Of two lines for
 * one option, Kconfig takes the later. An option that it drops is a failure.
 */
export async function configureKernel(tree: string, fragment: string): Promise<Result<void, FailureWithRemedy>> {
  const config = join(tree, '.config');
  const tiny = await runMake(tree, 'tinyconfig');
  if (!tiny.ok) return tiny;
  await appendFile(config, fragment);
  const completed = await runMake(tree, 'olddefconfig');
  if (!completed.ok) return completed;
  const lost = lostOptions(fragment, await readFile(config, 'utf8'));
  if (lost.length === 0) return ok(undefined);
  return fail({
    what: `This kernel's configuration does not take what harness/versions/kernel-build/kernel.config asks for:\n${describeLostOptions(lost)}`,
    remedy: 'Add the options that these depend on, or drop them.',
  });
}
