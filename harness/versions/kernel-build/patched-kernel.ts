import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry, cacheRoot } from '../../cache/cache.ts';
import { runTool } from '../../host/run-tool.ts';
import { type FailureWithRemedy, ok, type Result } from '../../result.ts';
import type { SuiteName } from '../suites.ts';
import { BUILT_FILES, type BuiltKernelFacts, buildKernel } from './build-kernel.ts';
import { checkBuildTools } from './build-tools.ts';
import { debianSource } from './debian-source.ts';
import { sweepOldTrees, TREE_SUFFIX } from './kept-tree.ts';
import { kernelHash, readRecipe } from './kernel-recipe.ts';

/** A kernel for guests with everything built in, which needs no modules. */
export interface BuiltKernel extends BuiltKernelFacts {
  /** Absolute path of the bzImage. */
  readonly image: string;
}

export interface WhichKernel {
  readonly patched: boolean;
  /** The suite of Debian's whose kernel's source is built; `bookworm` where it is not there. */
  readonly suite?: SuiteName | undefined;
}

/** Debian 12's, as `kernel: patched` has always meant. */
const USUAL_SUITE: SuiteName = 'bookworm';

/**
 * The kernel of Debian's source package with the harness's configuration and patches; with `patched: false`, without
 * the patches and otherwise the same. Built where the cache has none of these inputs, which takes minutes; equal inputs
 * give equal bytes. `report` gets a line of progress now and then.
 */
export async function buildPatchedKernel(
  report: (text: string) => void,
  { patched, suite = USUAL_SUITE }: WhichKernel = { patched: true },
): Promise<Result<BuiltKernel, FailureWithRemedy>> {
  const toolchain = await toolchainVersion();
  if (!toolchain.ok) return toolchain;
  const source = await debianSource({ suite }, report);
  if (!source.ok) return source;
  const recipe = await readRecipe(patched, source.value.version);
  const hash = kernelHash(recipe, source.value.version, toolchain.value);
  const name = `kernel-${source.value.version}-${patched ? 'patched' : 'unpatched'}-${hash}`;

  const build = async (directory: string, say: (text: string) => void) => {
    await sweepOldTrees(cacheRoot());
    // The name stands for source, recipe and compiler: a tree of other ones is never gone on with.
    return buildKernel(source.value, recipe, { directory, tree: join(cacheRoot(), name + TREE_SUFFIX) }, say);
  };
  const entry = await cacheEntry(name, build, report);
  if (!entry.ok) return entry;
  const facts: BuiltKernelFacts = JSON.parse(await readFile(join(entry.value, BUILT_FILES.facts), 'utf8'));
  return ok({ ...facts, image: join(entry.value, BUILT_FILES.image) });
}

/** Compiler and linker, as they name themselves; another version makes other bytes. */
async function toolchainVersion(): Promise<Result<string, FailureWithRemedy>> {
  const versions: string[] = [];
  for (const tool of ['gcc', 'ld']) {
    const version = await runTool(tool, ['--version'], 'Install gcc and binutils again.');
    if (version.ok) versions.push(version.value);
    else {
      // Without a compiler, more is likely to be missing: say it all at once.
      const tools = checkBuildTools();
      return tools.ok ? version : tools;
    }
  }
  return ok(versions.join('\n'));
}
