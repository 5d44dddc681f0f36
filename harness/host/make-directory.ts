import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Like mkdir with `recursive`; but that one goes on for ever, until the memory is full, where a file system says ENOENT
 * below a directory that is there (Node 20, /proc).
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await makeOne(path);
  }
}

/** Somebody else may be making the same at the same time. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  }
}
