import { resolve, sep } from 'node:path';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';
import { LostPlace } from '../record/csv-file.ts';

/** How a failure is told to the user, and the exit code that goes with it. */
export interface Explanation {
  readonly message: string;
  readonly code: ExitCode;
}

/** What an operating system answers for reasons that are its own, whatever it was asked. */
const HOST_CODES: ReadonlySet<string> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'],
  ...['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'],
]);

/** What it answers where a file is not what was expected there: another program, or a person, has put it there or taken it. */
const PLACE_CODES: ReadonlySet<string> = new Set([
  ...[
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'ELOOP',
    'ENAMETOOLONG',
    'EEXIST',
    'ENOTEMPTY',
    'EXDEV',
    'EBUSY',
    'ENXIO',
    'EINVAL',
  ],
]);

/**
 * Tells what a host does not allow from a defect. The first is said in words and is exit code 4, also for an unusable
 * `--out`: what was typed is well-formed, and on another host it would do. The second shows its stack trace.
 *
 * @param resultsRoot folder of the run directory: whatever the system says about a path in it is the host's
 */
export function explain(error: unknown, resultsRoot?: string): Explanation {
  if (error instanceof LostPlace) return { message: error.message, code: EXIT.hostUnable };
  if (error instanceof Error) {
    const { code = '', path, syscall, message } = error as NodeJS.ErrnoException;
    // What fails for an open file has no path; only results are kept open.
    const ofOpenFile = path === undefined && (syscall === 'write' || syscall === 'fsync');
    if (resultsRoot !== undefined && (ofOpenFile || isWithin(path ?? '', resultsRoot))) {
      return { message: cannotWrite(resultsRoot, message), code: EXIT.hostUnable };
    }
    if (path !== undefined && PLACE_CODES.has(code) && !isWithin(path, projectRoot))
      return {
        message: `${message}. Something else is there than hotplug-bench expects: mend that.`,
        code: EXIT.hostUnable,
      };
    if (HOST_CODES.has(code)) return { message, code: EXIT.hostUnable };
  }
  const shown = error instanceof Error ? error.stack : String(error);
  return { message: `This is a defect in hotplug-bench, please report it:\n${shown}`, code: EXIT.defect };
}

/** Why the folder of `--out` cannot be used, and what to do. `reason` is what the system said. */
export function cannotWrite(resultsRoot: string, reason: string): string {
  return `cannot write results in ${resolve(resultsRoot)}: ${reason}. Mend that, or choose another folder with --out.`;
}

function isWithin(path: string, root: string): boolean {
  return `${resolve(path)}${sep}`.startsWith(`${resolve(root)}${sep}`);
}
