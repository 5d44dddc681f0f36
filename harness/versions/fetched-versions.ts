import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cache/cache.ts';
import { type FetchedVersion, readVersion, type VersionKind } from './fetch-version.ts';

export interface VersionThere extends FetchedVersion {
  readonly kind: VersionKind['name'];
  /** Whether it is the one that a scenario gets that names its suite only. */
  readonly isInUse: boolean;
}

const ENTRY = /^debian-(?<kind>kernel|qemu|source)-[a-z-]+_./;

/** All versions in the cache, by name. */
export async function fetchedVersions(): Promise<readonly VersionThere[]> {
  const names = (await readdir(cacheRoot()).catch(() => [])).filter((name) => !/\.(building|scrap-.*)$/.test(name));
  const links = names.filter((name) => name.startsWith('debian-') && !ENTRY.test(name));
  const targets = await Promise.all(links.map((link) => readlink(join(cacheRoot(), link)).catch(() => '')));
  const found = await Promise.all(
    names.toSorted().map(async (name): Promise<readonly VersionThere[]> => {
      const kind = ENTRY.exec(name)?.groups?.kind as VersionThere['kind'] | undefined;
      const version = kind && (await readVersion(join(cacheRoot(), name)));
      return version ? [{ ...version, kind, isInUse: targets.includes(name) }] : [];
    }),
  );
  return found.flat();
}
