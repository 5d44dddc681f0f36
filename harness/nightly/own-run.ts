import { rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runDirectories } from '../history/run-directories.ts';
import { readRunHead } from '../record/run-file.ts';

/** Names of all run directories below a folder; none where the folder is not there yet. */
export function runsIn(out: string): ReadonlySet<string> {
  const directories = runDirectories(out);
  return new Set(directories.ok ? directories.value.map((directory) => basename(directory)) : []);
}

/**
 * The directory of the run that was started with this command line, among those that were not there before. Not `latest`:
 * somebody else may have measured in between, or nobody.
 */
export function ownRun(out: string, before: ReadonlySet<string>, commandLine: readonly string[]): string | undefined {
  const made = [...runsIn(out)].filter((name) => !before.has(name)).map((name) => join(out, name));
  return made.findLast((directory) => isOf(directory, commandLine));
}

function isOf(directory: string, commandLine: readonly string[]): boolean {
  const read = readRunHead(directory);
  return read.ok && JSON.stringify(read.value.command_line) === JSON.stringify(commandLine);
}

/** In the folder of the run directories, a link to what this start of the job measured. */
const LINK = 'nightly';

/** From here on, whoever publishes what the link leads to does not publish another night's. */
export async function removeNightLink(out: string): Promise<void> {
  await rm(join(out, LINK), { force: true });
}

export async function linkNight(out: string, run: string): Promise<void> {
  await symlink(basename(run), join(out, LINK));
}
