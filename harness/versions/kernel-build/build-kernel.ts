import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheEntry, cacheRoot } from '../../cache/cache.ts';
import { runTool } from '../../host/run-tool.ts';
import { type FailureWithRemedy, ok, type Result } from '../../result.ts';
import { builtinParameters } from '../kernel-image.ts';
import type { SuiteName } from '../suites.ts';
import { checkBuildHost, checkBuildTools } from './build-tools.ts';
import { debianSource, type LinuxSource } from './debian-source.ts';
import {
  discardTree,
  emptyTree,
  isContinuable,
  markReady,
  rewind,
  sourceIn,
  sweepOldTrees,
  TREE_SUFFIX,
  withCheckpoints,
} from './kept-tree.ts';
import { configureKernel } from './kernel-config.ts';
import { applyPatches, type KernelRecipe, kernelHash, readRecipe } from './kernel-recipe.ts';
import { compileProgress, EXPECTED_FILES, type MakeFailure, runMake } from './run-make.ts';

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

/** What a build leaves in its directory; the rest is removed. `facts` is a BuiltKernelFacts as JSON. */
export const BUILT_FILES = { image: 'bzImage', facts: 'kernel.json', config: 'config' } as const;

/** Known of a kernel from its build. */
interface BuiltKernelFacts {
  /** As `uname -r` says in the guest. */
  readonly release: string;
  readonly description: string;
  /** Parameters of built-in drivers, such as `pciehp.button_delay_ms`. */
  readonly parameters: readonly string[];
}

/** Where a kernel is built. */
export interface BuildPlace {
  /** Empty at first; in the end only BUILT_FILES are there. */
  readonly directory: string;
  /** For the source and all that is compiled; on the same file system. It stays there when the build is interrupted. */
  readonly tree: string;
}

/**
 * Builds a kernel from `source`. A build of the same kernel that was interrupted in this tree goes on where it was; if it
 * fails then, its tree is taken for damaged, and the kernel is built from the beginning.
 */
export async function buildKernel(
  source: LinuxSource,
  recipe: KernelRecipe,
  { directory, tree }: BuildPlace,
  report: (text: string) => void,
): Promise<Result<void, FailureWithRemedy>> {
  const tools = checkBuildTools();
  if (!tools.ok) return tools;
  const label = `linux ${source.version}`;
  const built =
    (await goOn(tree, label, report)) ?? (await beginAnew(source, recipe, { directory, tree }, label, report));
  if (built.ok) await keepBuiltFiles(sourceIn(tree), directory, describe(source, recipe));
  const isWorthKeeping = !built.ok && built.failure.interrupted && (await isContinuable(tree));
  if (!isWorthKeeping) await discardTree(tree);
  return built;
}

/** Nothing where there is no build to go on with, or it does not go on. */
async function goOn(
  tree: string,
  label: string,
  report: (text: string) => void,
): Promise<Result<void, MakeFailure> | undefined> {
  if (!(await isContinuable(tree))) return undefined;
  report(`${label}: going on with a build that was interrupted`);
  const rewound = await rewind(tree);
  const compiled: Result<void, MakeFailure> = rewound.ok
    ? await compile(tree, compileProgress(label, report))
    : rewound;
  if (compiled.ok || compiled.failure.interrupted) return compiled;
  report(`${label}: cannot go on with it, building from the beginning. ${compiled.failure.what}`);
  return undefined;
}

async function beginAnew(
  source: LinuxSource,
  recipe: KernelRecipe,
  { directory, tree }: BuildPlace,
  label: string,
  report: (text: string) => void,
): Promise<Result<void, MakeFailure>> {
  const possible = await checkBuildHost(directory);
  if (!possible.ok) return possible;
  await emptyTree(tree);
  report(`${label}: unpacking`);
  const remedy = `If the archive is damaged, remove ${dirname(source.archive)}, and it is downloaded again.`;
  const into = ['-C', sourceIn(tree), '--strip-components=1'];
  const unpacked = await runTool('tar', ['-xf', source.archive, ...into], remedy);
  if (!unpacked.ok) return unpacked;
  const patched = await applyPatches(sourceIn(tree), recipe.patches, `${source.package} ${source.version}`);
  if (!patched.ok) return patched;
  report(`${label}: configuring`);
  const configured = await configureKernel(sourceIn(tree), recipe.fragment);
  if (!configured.ok) return configured;
  await markReady(tree);
  report(`${label}: compiling, which takes some minutes`);
  return compile(tree, compileProgress(label, report, EXPECTED_FILES));
}

function compile(tree: string, onLine: (line: string) => void): Promise<Result<void, MakeFailure>> {
  return withCheckpoints(tree, () => runMake(sourceIn(tree), 'bzImage', onLine));
}

async function keepBuiltFiles(tree: string, directory: string, description: string): Promise<void> {
  const release = (await readFile(join(tree, 'include', 'config', 'kernel.release'), 'utf8')).trim();
  const parameters = builtinParameters(await readFile(join(tree, 'modules.builtin.modinfo')));
  const facts: BuiltKernelFacts = { release, description, parameters };
  await writeFile(join(directory, BUILT_FILES.facts), JSON.stringify(facts));
  await rename(join(tree, '.config'), join(directory, BUILT_FILES.config));
  await rename(join(tree, 'arch', 'x86', 'boot', 'bzImage'), join(directory, BUILT_FILES.image));
}

function describe(source: LinuxSource, recipe: KernelRecipe): string {
  const changes = recipe.patches.length === 0 ? ', unpatched' : ' + hotplug-bench patches';
  return `${source.package} ${source.version}${changes}`;
}
