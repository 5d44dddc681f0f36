import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { toolPath } from '../../host/requirements.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import packages from './build-packages.json' with { type: 'json' };

/** A Debian package that a kernel build needs. It is missing when its command or its file is not there. */
export interface BuildPackage {
  readonly command?: string;
  readonly file?: string;
  readonly package: string;
  readonly why: string;
}

/** What it takes to build a kernel, in the shape of scripts/debian-packages.json. */
export const kernelBuildPackages: readonly BuildPackage[] = packages;

/** Those that `isThere` does not find. */
export function missingBuildPackages(isThere: (wanted: BuildPackage) => boolean): readonly BuildPackage[] {
  return kernelBuildPackages.filter((wanted) => !isThere(wanted));
}

/** Whether this host can build a kernel; the failure names everything that is missing, at once. */
export function checkBuildTools(): Result<void, FailureWithRemedy> {
  const missing = missingBuildPackages(isOnHost);
  if (missing.length === 0) return ok(undefined);
  const lines = missing.map((entry) => `  ${entry.package}: ${entry.command ?? entry.file} ${entry.why}`);
  const names = [...new Set(missing.map((entry) => entry.package))].join(' ');
  return fail({
    what: ['The guest kernel has to be built, and this host lacks:', ...lines].join('\n'),
    remedy: `Install them: sudo apt-get install ${names}`,
  });
}

function isOnHost({ command, file }: BuildPackage): boolean {
  if (command === undefined) return file !== undefined && isAccessible(file, constants.R_OK);
  return toolPath()
    .split(delimiter)
    .some((directory) => isAccessible(join(directory, command), constants.X_OK));
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

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
