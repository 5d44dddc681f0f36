import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fail, ok, type Result } from '../result.ts';

/** Gives a claim up before its process ends. */
export type ReleaseClaim = () => void;

/**
 * Says that this process writes to a run directory; the failure, that another one of this host does. The claim is a socket
 * in the abstract namespace of Linux (unix(7)): it goes when its process goes, however that ends. A process on another host
 * that shares the directory is not seen.
 *
 * @param directory path without links
 */
export async function claimRun(directory: string): Promise<Result<ReleaseClaim, string>> {
  const name = `\0hotplug-bench-run-${createHash('sha256').update(directory).digest('hex')}`;
  const claim = createServer().listen(name);
  claim.unref();
  try {
    await once(claim, 'listening');
    return ok(() => claim.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return fail(`${directory}: this run is still going on; wait for its end, or interrupt it first`);
  }
}
