import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { cannotWrite } from './failure.ts';

/** Makes the folder for run directories, or says to the user why it cannot be used. */
export async function makeResultsRoot(path: string): Promise<Result<void, string>> {
  try {
    await makeDirectory(path);
    await access(path, constants.W_OK | constants.X_OK);
    return ok(undefined);
  } catch (error) {
    return fail(cannotWrite(path, (error as Error).message));
  }
}

/**
 * Like mkdir with `recursive`; but that one goes on for ever, until the memory is full, where a file system says ENOENT
 * below a directory that is there (Node 20, /proc).
 */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}
