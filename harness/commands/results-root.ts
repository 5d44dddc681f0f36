import { access, constants, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../host/make-directory.ts';
import { fail, ok, type Result } from '../result.ts';
import { cannotWrite } from './failure.ts';

/** Makes the folder for run directories, or says to the user why it cannot be used. */
export async function makeResultsRoot(path: string): Promise<Result<void, string>> {
  try {
    await makeDirectory(path);
    await access(path, constants.W_OK | constants.X_OK);
    const latest = join(path, 'latest');
    const found = await lstat(latest).catch(() => undefined);
    if (found && !found.isSymbolicLink())
      return fail(
        `${latest} is no link, and is to lead to the newest run: move it away, or choose another folder with --out.`,
      );
    return ok(undefined);
  } catch (error) {
    return fail(cannotWrite(path, (error as Error).message));
  }
}
