import { constants as bufferLimits } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { fail, ok, type Result } from '../result.ts';

/** Why a file gives no text, in the words of a sentence that names it: "its run.json cannot be read: ENOENT". */
export interface NoText {
  readonly isMissing: boolean;
  readonly why: string;
}

/**
 * The text of a file of a run directory. What is no ordinary file is refused: from a pipe or a device a reader would wait, or
 * read, for ever. It is opened so that the opening does not wait either (open(2), O_NONBLOCK).
 */
export function readText(path: string): Result<string, NoText> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return fail({ isMissing: false, why: 'it is no ordinary file' });
    // What V8 can hold as one text.
    if (stats.size > bufferLimits.MAX_STRING_LENGTH)
      return fail({ isMissing: false, why: `it has ${stats.size} bytes, more than can be read` });
    return ok(readFileSync(descriptor, 'utf8'));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return fail({ isMissing: code === 'ENOENT', why: code });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
