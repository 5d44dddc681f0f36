import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../result.ts';
import { type CacheFailure, cacheEntry } from '../cache.ts';
import { downloadPackage } from '../download-package.ts';
import type { GuestFailure } from '../guest-image.ts';
import { runTool } from '../run-tool.ts';
import { checkBuildHost } from './build-host.ts';

/** Debian 12's kernel with Debian's patches; also the cache entry's name. */
const PACKAGE = 'linux-source-6.1';
const ARCHIVE = `${PACKAGE}.tar.xz`;

/** The package's version, kept beside the archive: part of the key of every kernel built from it. */
const VERSION_FILE = 'version';

const REMEDY =
  `Check the network and the package sources (\`apt-get download ${PACKAGE}\` shows more; Debian 12 has it), ` +
  'or use `kernel: stock` or a kernel of your own.';

export interface LinuxSource {
  /** Path of a .tar.xz with one directory at its top. */
  readonly archive: string;
  readonly package: string;
  /** Of the Debian package, such as `6.1.192-2`. */
  readonly version: string;
}

/**
 * The kernel's source, downloaded with apt into the cache; nothing is installed. Once it is there, it is used without
 * asking apt again, so that a nightly run measures the same kernel: removing the cache entry gets a newer one.
 */
export async function linuxSource(
  report: (text: string) => void,
): Promise<Result<LinuxSource, GuestFailure | CacheFailure>> {
  const entry = await cacheEntry(PACKAGE, fetchSource, report);
  if (!entry.ok) return entry;
  const version = await readFile(join(entry.value, VERSION_FILE), 'utf8');
  return ok({ archive: join(entry.value, ARCHIVE), package: PACKAGE, version });
}

async function fetchSource(directory: string, report: (text: string) => void): Promise<Result<void, GuestFailure>> {
  // Sooner than after a long download.
  const possible = await checkBuildHost(directory);
  if (!possible.ok) return possible;
  const archive = await downloadPackage(async () => ok(PACKAGE), directory, REMEDY, report);
  if (!archive.ok) return archive;
  const version = await runTool('dpkg-deb', ['--field', archive.value, 'Version'], REMEDY);
  if (!version.ok) return version;
  const unpacked = await runTool('dpkg-deb', ['--extract', archive.value, directory], REMEDY);
  if (!unpacked.ok) return unpacked;
  try {
    await rename(join(directory, 'usr', 'src', ARCHIVE), join(directory, ARCHIVE));
  } catch (error) {
    return fail({ what: `${PACKAGE} ${version.value} has no ${ARCHIVE}: ${error}`, remedy: REMEDY });
  }
  for (const file of await readdir(directory)) {
    if (file !== ARCHIVE) await rm(join(directory, file), { recursive: true });
  }
  await writeFile(join(directory, VERSION_FILE), version.value);
  return ok(undefined);
}
