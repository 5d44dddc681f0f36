import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../project-root.ts';

/** Raised when the way of building changes what comes out, so that kernels built the old way are built again. */
const BUILD_VERSION = 1;

/** Enough of a SHA-256 to tell the few kernels in a cache apart. */
const HASH_LENGTH = 16;

/** A patch in git's format, applied with `patch -p1`. */
export interface KernelPatch {
  /** The file's name, such as `0001-….patch`. */
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

/** The harness's own configuration and, where `patched`, its patches. */
export async function readRecipe(patched: boolean): Promise<KernelRecipe> {
  const directory = join(projectRoot, 'harness', 'guest');
  const fragment = await readFile(join(directory, 'kernel.config'), 'utf8');
  return { fragment, patches: patched ? await readPatches(join(directory, 'patches')) : [] };
}

async function readPatches(directory: string): Promise<readonly KernelPatch[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.patch')).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })));
}

/** Everything that decides which bytes come out of a build, as hexadecimal digits. */
export function kernelHash(recipe: KernelRecipe, sourceVersion: string, toolchain: string): string {
  const inputs = JSON.stringify([BUILD_VERSION, sourceVersion, toolchain, recipe]);
  return createHash('sha256').update(inputs).digest('hex').slice(0, HASH_LENGTH);
}
