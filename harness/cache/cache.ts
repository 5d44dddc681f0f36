import { readdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '../host/make-directory.ts';
import { fail, ok, type Result } from '../result.ts';
import { type Claim, claimBuild, type Holder, sweepLeftovers } from './cache-claim.ts';

/** The cache cannot be used. `what` says what happened and where, `remedy` what the user can do. */
export interface CacheFailure {
  readonly kind: 'no-space' | 'no-access';
  readonly what: string;
  readonly remedy: string;
}

/** How often a process that waits for another's build looks again, in milliseconds. */
const WAIT_POLL_MS = 100;

/** The directory of everything that is built once and used again. A relative XDG_CACHE_HOME is ignored, as XDG says. */
export function cacheRoot(): string {
  const configured = process.env.XDG_CACHE_HOME;
  return join(configured && isAbsolute(configured) ? configured : join(homedir(), '.cache'), 'hotplug-bench');
}

/**
 * The directory of the cache entry `name` (one path component), which `fill` makes when it is not there yet.
 *
 * An entry appears whole or not at all: `fill` gets an empty directory elsewhere that becomes the entry when `fill`
 * returns `ok`, and is removed when it fails, throws or is killed. Of several processes that want the same entry one
 * builds it and the others wait and use it. `report` gets a line of progress now and then.
 */
export async function cacheEntry<F>(
  name: string,
  fill: (directory: string, report: (text: string) => void) => Promise<Result<void, F>>,
  report: (text: string) => void,
): Promise<Result<string, F | CacheFailure>> {
  const root = cacheRoot();
  const entry = join(root, name);
  if (await exists(entry)) return ok(entry);
  try {
    await makeDirectory(root);
    const claim = await claimOrWait(root, name, report);
    if (claim === undefined) return ok(entry);
    try {
      await sweepLeftovers(root);
      const filled = await fill(claim.directory, report);
      if (!filled.ok) return filled;
      await rename(claim.directory, entry);
      return ok(entry);
    } finally {
      await claim.release();
    }
  } catch (error) {
    const failure = cacheFailure(error, root);
    if (failure === undefined) throw error;
    return fail(failure);
  }
}

/** The right to build the entry, or nothing when somebody else has built it in the meantime. */
async function claimOrWait(root: string, name: string, report: (text: string) => void): Promise<Claim | undefined> {
  let announced: number | undefined;
  for (;;) {
    const outcome = await claimBuild(root, name);
    if (await exists(join(root, name))) {
      if (outcome.taken) await outcome.claim.release();
      return undefined;
    }
    if (outcome.taken) return outcome.claim;
    if (announced !== outcome.holder.pid) report(waiting(name, outcome.holder));
    announced = outcome.holder.pid;
    await sleep(WAIT_POLL_MS);
  }
}

function waiting(name: string, holder: Holder): string {
  return `waiting for process ${holder.pid} on ${holder.hostname}, which is building ${name}`;
}

/** An entry that somebody has emptied is none: it is made anew. */
async function exists(path: string): Promise<boolean> {
  return readdir(path).then(
    (names) => names.length > 0,
    () => false,
  );
}

/** Names what the system said about the cache directory; anything that is no such thing is a defect and stays thrown. */
function cacheFailure(error: unknown, root: string): CacheFailure | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const remedy = 'Set XDG_CACHE_HOME to a directory of yours with a few GB free.';
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { kind: 'no-space', what: `No space left for the cache in ${root}: ${error.message}`, remedy };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENOTEMPTY':
    case 'EISDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EEXIST':
      return { kind: 'no-access', what: `The cache in ${root} cannot be written: ${error.message}`, remedy };
    default:
      return undefined;
  }
}
