import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { runTool } from '../host/run-tool.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import type { GuestKernel } from '../versions/guest-kernel.ts';

/** How a compressed module is made the plain one that the guest loads; each command removes its suffix from the name. */
const DECOMPRESSORS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '.gz': ['gzip', '-d'],
  '.xz': ['xz', '-d'],
  '.zst': ['zstd', '-d', '-q', '--rm'],
};

/**
 * Puts the modules and what they depend on into `directory`, with a file `order` that lists them in the order in which
 * they have to be loaded. What is built into the kernel needs no file. Gives the names of the files written.
 */
export async function copyModules(
  kernel: GuestKernel,
  modules: readonly string[],
  directory: string,
): Promise<Result<readonly string[], FailureWithRemedy>> {
  const paths = await resolveModules(kernel, modules);
  if (!paths.ok) return paths;
  const order: string[] = [];
  for (const path of paths.value) {
    const copied = await copyModule(path, directory);
    if (!copied.ok) return copied;
    order.push(copied.value);
  }
  await writeFile(join(directory, 'order'), order.map((file) => `${file}\n`).join(''));
  return ok([...order, 'order']);
}

/**
 * Puts one module into `directory` without naming it in `order`: it is loaded when somebody asks for it. Nothing, where the
 * kernel has none or has it built in. What it depends on has to be loaded, or built in, as PTP is in Debian's kernels.
 */
export async function copyModuleForLater(
  kernel: GuestKernel,
  module: string,
  directory: string,
): Promise<Result<readonly string[], FailureWithRemedy>> {
  const paths = await resolveModules(kernel, [module]);
  const path = paths.ok ? paths.value.at(-1) : undefined;
  if (path === undefined) return ok([]);
  const copied = await copyModule(path, directory);
  return copied.ok ? ok([copied.value]) : copied;
}

/** The paths in the order of loading, each once. */
async function resolveModules(
  kernel: GuestKernel,
  modules: readonly string[],
): Promise<Result<readonly string[], FailureWithRemedy>> {
  if (kernel.modulesDirectory === undefined) return ok([]);
  // modprobe wants the modules in <root>/lib/modules/<release>; a user's own need not be.
  const root = await mkdtemp(join(tmpdir(), 'hotplug-bench-modules-'));
  try {
    await mkdir(join(root, 'lib', 'modules'), { recursive: true });
    await symlink(kernel.modulesDirectory, join(root, 'lib', 'modules', kernel.release));
    const paths = new Set<string>();
    for (const module of modules) {
      const shown = await showDependencies(root, kernel, module);
      if (!shown.ok) return shown;
      for (const path of modulePaths(shown.value)) paths.add(join(kernel.modulesDirectory, path));
    }
    return ok([...paths]);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function showDependencies(
  root: string,
  kernel: GuestKernel,
  module: string,
): Promise<Result<string, FailureWithRemedy>> {
  const remedy = `Use a kernel that has ${module}, as a module or built in.`;
  // An empty configuration: the host's own blacklists and options are not the guest's.
  const parameters = ['-C', '/dev/null', '-d', root, '-S', kernel.release, '--show-depends', '--', module];
  const shown = await runTool('modprobe', parameters, remedy);
  if (shown.ok || !shown.failure.what.includes(`Module ${module} not found`)) return shown;
  return fail({ what: `Kernel ${kernel.release} has no module ${module}, and it is not built in.`, remedy });
}

/**
 * Paths relative to the modules directory, from lines `insmod <root>/lib/modules/<release>/<path> [options]`. Lines
 * `builtin <name>` need no file.
 */
function modulePaths(shown: string): readonly string[] {
  return [...shown.matchAll(/^insmod \S*?\/lib\/modules\/[^/]+\/(\S+)/gm)].map(([, path]) => path ?? '');
}

/** Gives the name of the plain module. */
async function copyModule(path: string, directory: string): Promise<Result<string, FailureWithRemedy>> {
  const copy = join(directory, basename(path));
  await copyFile(path, copy);
  const suffix = extname(path);
  const decompressor = DECOMPRESSORS[suffix];
  if (decompressor === undefined) return ok(basename(path));
  const [command, ...flags] = decompressor;
  const run = await runTool(
    command,
    [...flags, copy],
    `${path} seems to be damaged: install the kernel's modules again.`,
  );
  return run.ok ? ok(basename(path, suffix)) : run;
}
