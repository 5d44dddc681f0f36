import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { toolPath } from '../../host/requirements.ts';
import type { FailureWithRemedy } from '../../result.ts';
import { fail, ok, type Result } from '../../result.ts';
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
