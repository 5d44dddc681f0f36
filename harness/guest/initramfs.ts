import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../cache/cache.ts';
import { runTool } from '../host/run-tool.ts';
import { projectRoot } from '../project-root.ts';
import { type FailureWithRemedy, ok, type Result } from '../result.ts';
import type { GuestKernel } from '../versions/guest-kernel.ts';
import { copyModuleForLater, copyModules } from './kernel-modules.ts';

/** To be raised when the code below would pack equal inputs differently. */
const FORMAT = 1;

/** Where the agent looks for requests that it is to fulfil by itself (agent/started.c). */
const REQUEST_LIST = 'requests';

/** What an initramfs has beside the agent. */
export interface InitramfsContents {
  /** Names of modules that are loaded during the boot. */
  readonly modules: readonly string[];
  /** One that is not loaded with the others; where the kernel has none it is left out. */
  readonly later?: string | undefined;
  /** Requests to the agent (protocol.ts), each with its newline: settings that it writes, and devices that it looks for when it is ready. */
  readonly requests?: readonly string[];
}

const PACKING_REMEDY = 'If cpio is there (sudo apt-get install cpio), this is a defect of hotplug-bench.';

/**
 * The initramfs for this kernel with these modules: the agent as /init, and the modules in the order of loading.
 */
export async function initramfs(
  kernel: GuestKernel,
  { modules, later, requests = [] }: InitramfsContents,
  report: (text: string) => void,
): Promise<Result<string, FailureWithRemedy>> {
  const agent = await agentBinary(report);
  if (!agent.ok) return agent;
  const contents = { modules: [...new Set(modules)].sort(), later, requests };
  const identity = await identityOf(kernel, contents, agent.value);
  const entry = await cacheEntry(
    `initramfs-${identity.slice(0, 16)}`,
    (directory) => pack(kernel, contents, agent.value, directory, report),
    report,
  );
  return entry.ok ? ok(join(entry.value, 'initramfs.cpio')) : entry;
}

/** The kernel image does not change when only a module is built anew, but the date of its index does. */
async function identityOf(
  kernel: GuestKernel,
  { modules, later, requests }: Required<InitramfsContents>,
  agent: AgentBinary,
): Promise<string> {
  const index = kernel.modulesDirectory && (await stat(join(kernel.modulesDirectory, 'modules.dep'))).mtimeMs;
  const inputs = [FORMAT, kernel.identity, kernel.modulesDirectory, index, modules, later, agent.identity, ...requests];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** Equal inputs give equal bytes: names sorted, owners, modes and dates fixed. */
async function pack(
  kernel: GuestKernel,
  { modules, later, requests }: Required<InitramfsContents>,
  agent: AgentBinary,
  directory: string,
  report: (text: string) => void,
): Promise<Result<void, FailureWithRemedy>> {
  report('packing the initramfs');
  const tree = join(directory, 'tree');
  await mkdir(join(tree, 'modules'), { recursive: true });
  await copyFile(agent.path, join(tree, 'init'));
  const files = await copyModules(kernel, modules, join(tree, 'modules'));
  if (!files.ok) return files;
  const more = later === undefined ? ok([]) : await copyModuleForLater(kernel, later, join(tree, 'modules'));
  if (!more.ok) return more;

  const lists = requests.length > 0 ? [REQUEST_LIST] : [];
  for (const name of lists) await writeFile(join(tree, name), requests.join(''));

  const names = [
    '.',
    'init',
    'modules',
    ...lists,
    ...[...files.value, ...more.value].map((file) => `modules/${file}`),
  ].sort();
  for (const name of names) {
    await chmod(join(tree, name), name === '.' || name === 'init' || name === 'modules' ? 0o755 : 0o644);
    await utimes(join(tree, name), 0, 0);
  }
  const packed = await packTree(tree, names, join(directory, 'initramfs.cpio'));
  if (!packed.ok) return packed;
  await rm(tree, { recursive: true });
  return ok(undefined);
}

/** Packs these files and directories of `tree` in this order, all of them root's, as a kernel unpacks them. */
export async function packTree(
  tree: string,
  names: readonly string[],
  archive: string,
): Promise<Result<string, FailureWithRemedy>> {
  const flags = ['--create', '--format=newc', '--owner=+0:+0', '--reproducible', '--quiet', `--file=${archive}`];
  return runTool('cpio', flags, PACKING_REMEDY, { cwd: tree, input: names.join('\n') });
}

/** Static, because nothing else is in the guest; a warning is an error, because nobody reads compiler output in a run. */
const COMPILER_FLAGS = ['-static', '-Os', '-s', '-Wall', '-Wextra', '-Wshadow', '-Wno-format-truncation', '-Werror'];

const COMPILING_REMEDY =
  'Install the compiler and the static C library: sudo apt-get install gcc libc6-dev. ' +
  'If they are there, the sources in harness/guest/agent have been changed.';

export interface AgentBinary {
  readonly path: string;
  /** SHA-256 of its sources and of how they are compiled, hexadecimal. */
  readonly identity: string;
}

/** The guest agent, compiled where these sources have not been compiled before. `sources` is a directory of C files. */
export async function agentBinary(
  report: (text: string) => void,
  sources = join(projectRoot, 'harness', 'guest', 'agent'),
): Promise<Result<AgentBinary, FailureWithRemedy>> {
  const files = (await readdir(sources)).filter((file) => /\.[ch]$/.test(file)).sort();
  const identity = await agentIdentity(sources, files);
  const entry = await cacheEntry(
    `agent-${identity.slice(0, 16)}`,
    async (directory): Promise<Result<void, FailureWithRemedy>> => {
      report('compiling the guest agent');
      const units = files.filter((file) => file.endsWith('.c'));
      const compiled = await runTool(
        'gcc',
        [...COMPILER_FLAGS, '-o', join(directory, 'agent'), ...units],
        COMPILING_REMEDY,
        {
          cwd: sources,
        },
      );
      return compiled.ok ? ok(undefined) : compiled;
    },
    report,
  );
  return entry.ok ? ok({ path: join(entry.value, 'agent'), identity }) : entry;
}

async function agentIdentity(directory: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(COMPILER_FLAGS));
  for (const file of files) hash.update(JSON.stringify([file, await readFile(join(directory, file), 'utf8')]));
  return hash.digest('hex');
}
