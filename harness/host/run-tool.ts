import { execa } from 'execa';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import { packageOf, toolPath } from './requirements.ts';

/** A tool's last words that go into a message: enough for the reason, which comes last. */
const QUOTED_LINES = 8;

/**
 * Runs a host tool in the C locale and gives its standard output. A tool that is missing or fails is a failure that
 * quotes the tool; `remedy` is what to do about the latter.
 */
export async function runTool(
  command: string,
  parameters: readonly string[],
  remedy: string,
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<Result<string, FailureWithRemedy>> {
  const run = await execa(command, parameters, {
    ...options,
    env: { PATH: toolPath(), LC_ALL: 'C' },
    reject: false,
  });
  if (!run.failed) return ok(run.stdout);
  if (run.code === 'ENOENT') {
    const name = packageOf(command) ?? command;
    return fail({ what: `${command} is not installed.`, remedy: `Install it: sudo apt-get install ${name}` });
  }
  const said = [run.stderr, run.stdout].filter(Boolean).join('\n').trim().split('\n').slice(-QUOTED_LINES).join('\n');
  const how = run.signal === undefined ? `exit code ${run.exitCode}` : run.signal;
  const full = said.includes('No space left on device');
  return fail({
    what: `${[command, ...parameters].join(' ')} failed (${how}):\n${said}`,
    remedy: full ? 'Free some disk space, or set XDG_CACHE_HOME to a directory on another disk.' : remedy,
  });
}

/** A terminal overwrites its line of progress; a log keeps every one. Progress goes to stderr. */
export const PROGRESS_INTERVAL_MS = process.stderr.isTTY ? 1000 : 30_000;

/** One word for a POSIX shell: as it is where that is safe, otherwise in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
