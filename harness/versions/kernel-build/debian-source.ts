import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../../cache/cache.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { PackageLists } from '../apt.ts';
import { type PackageChoice, packageBehind } from '../debian-packages.ts';
import { fetchVersion, type VersionKind } from '../fetch-version.ts';
import type { DebianVersion, VersionFailure } from '../suites.ts';
import { checkBuildHost } from './build-tools.ts';

/** The package that depends on the source of the suite's own kernel, such as linux-source-6.12, in the same version. */
const META_PACKAGE = 'linux-source';
const SOURCE_PREFIX = 'linux-source-';

const KERNEL_SOURCE: VersionKind = { name: 'source', choose: chooseSource, arrange: keepArchive };

/** A kernel's source, as Debian packs it. */
export interface LinuxSource {
  /** Path of a .tar.xz with one directory at its top. */
  readonly archive: string;
  /** Such as `linux-source-6.12`. */
  readonly package: string;
  /** Of the package, such as `6.12.118-1`. */
  readonly version: string;
}

/** The source of Debian's kernel in this version, with Debian's patches, in the cache. */
export async function debianSource(
  wanted: DebianVersion,
  report: (text: string) => void,
): Promise<Result<LinuxSource, VersionFailure>> {
  const fetched = await fetchVersion(KERNEL_SOURCE, wanted, report);
  if (!fetched.ok) return fetched;
  const { directory, package: from } = fetched.value;
  return ok({ archive: join(directory, archiveOf(from.name)), package: from.name, version: from.version });
}

async function chooseSource(
  lists: PackageLists,
  version: string | undefined,
): Promise<Result<PackageChoice, VersionFailure>> {
  // Sooner than after a long download.
  const possible = await checkBuildHost(cacheRoot());
  if (!possible.ok) return fail({ ...possible.failure, kind: 'unavailable' });
  const main = await packageBehind(lists, META_PACKAGE, SOURCE_PREFIX, version);
  return main.ok ? ok({ main: main.value, others: [], fetch: 'alone' }) : main;
}

/** The package has patches for the real-time kernel and documentation besides. */
async function keepArchive(directory: string, { main }: PackageChoice): Promise<Result<void, VersionFailure>> {
  const archive = archiveOf(main.name);
  try {
    await rename(join(directory, 'usr', 'src', archive), join(directory, archive));
  } catch (error) {
    const what = `${main.name} ${main.version} has no ${archive}: ${error}`;
    return fail({ kind: 'unavailable', what, remedy: 'Name another version or suite.' });
  }
  for (const file of await readdir(directory)) {
    if (file !== archive) await rm(join(directory, file), { recursive: true });
  }
  return ok(undefined);
}

function archiveOf(packageName: string): string {
  return `${packageName}.tar.xz`;
}
