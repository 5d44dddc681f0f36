import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';

/** Folder of the baselines below the one with the run directories. */
export const BASELINES_FOLDER = 'baselines';

/** A directory that was left out, and why. */
export interface SkippedDirectory {
  readonly directory: string;
  readonly reason: string;
}

/**
 * What may be run directories below a folder, in the order of their names, which is that of time: every directory but
 * the baselines and hidden ones. Links (`latest`) are not followed, or a run would count twice.
 */
export function runDirectories(root: string): Result<readonly string[], string> {
  try {
    const names = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== BASELINES_FOLDER && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    return ok(names.toSorted().map((name) => join(root, name)));
  } catch (error) {
    return fail(`${root}: cannot be read as a folder of run directories: ${(error as Error).message}`);
  }
}
