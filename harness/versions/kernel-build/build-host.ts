import { statfs } from 'node:fs/promises';
import type { FailureWithRemedy } from '../../result.ts';
import { fail, ok, type Result } from '../../result.ts';
import { checkBuildTools } from './build-tools.ts';

/** The source's package, its archive, and a build with all its object files take 1.9 GB together. */
const NEEDED_BYTES = 2e9;
const GIGABYTE = 1e9;

/**
 * Whether a kernel can be built in `directory`: what would otherwise fail after minutes, or with an error that nobody
 * understands.
 */
export async function checkBuildHost(directory: string): Promise<Result<void, FailureWithRemedy>> {
  const tools = checkBuildTools();
  if (!tools.ok) return tools;
  if (/[\s:]/.test(directory)) {
    return fail({
      what: `A kernel cannot be built in ${directory}: its Makefile refuses paths with spaces and colons.`,
      remedy: 'Set XDG_CACHE_HOME to a directory without them.',
    });
  }
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES) return ok(undefined);
  return fail({
    what: `Building a kernel takes ${NEEDED_BYTES / GIGABYTE} GB, and ${directory} has ${(free / GIGABYTE).toFixed(1)} GB free.`,
    remedy: 'Free some disk space, or set XDG_CACHE_HOME to a directory on another disk.',
  });
}
