import { execa } from 'execa';
import { toolPath } from '../../host/requirements.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import type { KernelPatch } from './kernel-recipe.ts';

/**
 * Applies the patches to the source in `tree`, in order. Their context has to match exactly: a patch that almost fits
 * may end up in another function. A failure names the patch, and the file and hunk that did not fit; `source` is what
 * the message calls the source.
 */
export async function applyPatches(
  tree: string,
  patches: readonly KernelPatch[],
  source: string,
): Promise<Result<void, FailureWithRemedy>> {
  for (const { name, text } of patches) {
    const run = await execa('patch', ['-p1', '--fuzz=0', '--batch', '--forward', '--no-backup-if-mismatch'], {
      cwd: tree,
      env: { PATH: toolPath(), LC_ALL: 'C' },
      input: text,
      reject: false,
    });
    if (!run.failed) continue;
    return fail({
      what: `${name} does not apply to ${source}:\n${failedHunks(`${run.stdout}\n${run.stderr}`)}`,
      remedy: `Make harness/versions/kernel-build/patches/${name} again for this source, or use \`kernel: stock\`.`,
    });
  }
  return ok(undefined);
}

/**
 * Of what patch(1) says, the lines `Hunk #1 FAILED at 99.`, each with the file of the line `patching file …` before it;
 * all of it when it failed in another way.
 */
function failedHunks(said: string): string {
  let file = '';
  const hunks: string[] = [];
  for (const line of said.split('\n')) {
    file = /^patching file (.*)/.exec(line)?.[1] ?? file;
    if (/^Hunk #\d+ (FAILED|ignored)/.test(line)) hunks.push(`  ${file}: ${line}`);
  }
  return hunks.length > 0 ? hunks.join('\n') : said.trim();
}
