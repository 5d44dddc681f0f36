import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { toolPath } from '../../host/requirements.ts';
import { projectRoot } from '../../project-root.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import { compareVersions, fragmentFor } from './kernel-config.ts';

/** Raised when the way of building changes what comes out, so that kernels built the old way are built again. */
const BUILD_VERSION = 1;

/** Enough of a SHA-256 to tell the few kernels in a cache apart. */
const HASH_LENGTH = 16;

/** A patch in git's format, applied with `patch -p1`. */
export interface KernelPatch {
  /** Its path below harness/versions/kernel-build/patches, such as `0001-….patch` or `6.12/0001-….patch`. */
  readonly name: string;
  readonly text: string;
}

/** What is made of the kernel's source. */
export interface KernelRecipe {
  /** Lines of a .config that are added to `make tinyconfig`. */
  readonly fragment: string;
  /** In the order in which they are applied. */
  readonly patches: readonly KernelPatch[];
}

/** The harness's own configuration and, where `patched`, its patches, for a source of this version, such as `6.1.192-2`. */
export async function readRecipe(patched: boolean, sourceVersion: string): Promise<KernelRecipe> {
  const directory = join(projectRoot, 'harness', 'versions', 'kernel-build');
  const fragment = fragmentFor(await readFile(join(directory, 'kernel.config'), 'utf8'), sourceVersion);
  return { fragment, patches: patched ? await readPatches(join(directory, 'patches'), sourceVersion) : [] };
}

async function readPatches(directory: string, sourceVersion: string): Promise<readonly KernelPatch[]> {
  const files = await readdir(directory, { recursive: true });
  const names = patchesFor(
    files.filter((name) => name.endsWith('.patch')),
    sourceVersion,
  );
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })));
}

/**
 * Of all patches, those for a source of this version, in the order in which they are applied. A patch in a directory
 * named after a version, such as `6.12/0001-….patch`, stands in for that of the same name from that version on. The
 * others have been made for Linux 5.10, the oldest of Debian's sources that is built.
 */
export function patchesFor(paths: readonly string[], sourceVersion: string): readonly string[] {
  const since = (path: string) => (dirname(path) === '.' ? '0' : dirname(path));
  const chosen = new Map<string, string>();
  for (const path of paths.toSorted((one, other) => compareVersions(since(one), since(other)))) {
    if (compareVersions(since(path), sourceVersion) <= 0) chosen.set(basename(path), path);
  }
  return [...chosen.values()].toSorted((one, other) => (basename(one) < basename(other) ? -1 : 1));
}

/** Everything that decides which bytes come out of a build, as hexadecimal digits. */
export function kernelHash(recipe: KernelRecipe, sourceVersion: string, toolchain: string): string {
  const patches = recipe.patches.map(({ name, text }) => ({ name: basename(name), text }));
  const inputs = JSON.stringify([BUILD_VERSION, sourceVersion, toolchain, { ...recipe, patches }]);
  return createHash('sha256').update(inputs).digest('hex').slice(0, HASH_LENGTH);
}

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
