import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../cache/cache.ts';
import { runTool } from '../host/run-tool.ts';
import { projectRoot } from '../project-root.ts';
import { type FailureWithRemedy, ok, type Result } from '../result.ts';

/** Static, because nothing else is in the guest; a warning is an error, because nobody reads compiler output in a run. */
const COMPILER_FLAGS = ['-static', '-Os', '-s', '-Wall', '-Wextra', '-Wshadow', '-Wno-format-truncation', '-Werror'];

const REMEDY =
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
  const identity = await identityOf(sources, files);
  const entry = await cacheEntry(
    `agent-${identity.slice(0, 16)}`,
    async (directory): Promise<Result<void, FailureWithRemedy>> => {
      report('compiling the guest agent');
      const units = files.filter((file) => file.endsWith('.c'));
      const compiled = await runTool('gcc', [...COMPILER_FLAGS, '-o', join(directory, 'agent'), ...units], REMEDY, {
        cwd: sources,
      });
      return compiled.ok ? ok(undefined) : compiled;
    },
    report,
  );
  return entry.ok ? ok({ path: join(entry.value, 'agent'), identity }) : entry;
}

async function identityOf(directory: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(COMPILER_FLAGS));
  for (const file of files) hash.update(JSON.stringify([file, await readFile(join(directory, file), 'utf8')]));
  return hash.digest('hex');
}
