import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../../result.ts';
import type { GuestFailure } from '../guest-image.ts';
import { runTool } from '../run-tool.ts';
import { applyPatches } from './apply-patches.ts';
import { checkBuildHost } from './build-host.ts';
import { builtinParameters } from './builtin-parameters.ts';
import { compileProgress } from './compile-progress.ts';
import { configureKernel } from './configure-kernel.ts';
import type { KernelRecipe } from './kernel-recipe.ts';
import type { LinuxSource } from './kernel-source.ts';
import { runMake } from './run-make.ts';

/** What a build leaves in its directory; the rest is removed. `facts` is a BuiltKernelFacts as JSON. */
export const BUILT_FILES = { image: 'bzImage', facts: 'kernel.json', config: 'config' } as const;

/** Known of a kernel from its build. */
export interface BuiltKernelFacts {
  /** As `uname -r` says in the guest. */
  readonly release: string;
  readonly description: string;
  /** Parameters of built-in drivers, such as `pciehp.button_delay_ms`. */
  readonly parameters: readonly string[];
}

/** Builds a kernel from `source` in `directory`, which is empty, and leaves only BUILT_FILES there. */
export async function buildKernel(
  source: LinuxSource,
  recipe: KernelRecipe,
  directory: string,
  report: (text: string) => void,
): Promise<Result<void, GuestFailure>> {
  const possible = await checkBuildHost(directory);
  if (!possible.ok) return possible;
  const tree = join(directory, 'linux');
  await mkdir(tree);
  try {
    const built = await buildTree(source, recipe, tree, report);
    if (built.ok) await keepBuiltFiles(tree, directory, describe(source, recipe));
    return built;
  } finally {
    await rm(tree, { recursive: true });
  }
}

async function buildTree(
  source: LinuxSource,
  recipe: KernelRecipe,
  tree: string,
  report: (text: string) => void,
): Promise<Result<void, GuestFailure>> {
  const label = `linux ${source.version}`;
  report(`${label}: unpacking`);
  const remedy = `If the archive is damaged, remove ${dirname(source.archive)}, and it is downloaded again.`;
  const unpacked = await runTool('tar', ['-xf', source.archive, '-C', tree, '--strip-components=1'], remedy);
  if (!unpacked.ok) return unpacked;
  const patched = await applyPatches(tree, recipe.patches, `${source.package} ${source.version}`);
  if (!patched.ok) return patched;
  report(`${label}: configuring`);
  const configured = await configureKernel(tree, recipe.fragment);
  if (!configured.ok) return configured;
  report(`${label}: compiling, which takes some minutes`);
  return runMake(tree, 'bzImage', compileProgress(label, report));
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
