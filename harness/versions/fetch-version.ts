import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry, cacheRoot } from '../cache/cache.ts';
import { PROGRESS_INTERVAL_MS } from '../host/run-tool.ts';
import { fail, ok, type Result } from '../result.ts';
import { cannotBeHad, type PackageLists, packageLists, runApt } from './apt.ts';
import type { DebianPackage, PackageChoice } from './debian-packages.ts';
import { type HostArchive, hostArchive } from './host-archive.ts';
import type { DebianVersion, FetchedPackage, SuiteName, VersionFailure } from './suites.ts';

/** Something of which a suite has versions. */
export interface VersionKind {
  /** Part of the cache entry's name. */
  readonly name: 'kernel' | 'qemu' | 'source' | 'ovmf';
  /** Finds what has to be fetched. */
  readonly choose: (lists: PackageLists, version: string | undefined) => Promise<Result<PackageChoice, VersionFailure>>;
  /** Makes what is used of what has been unpacked in `directory`. */
  readonly arrange: (directory: string, choice: PackageChoice) => Promise<Result<void, VersionFailure>>;
}

/** A version that is there. */
export interface FetchedVersion {
  readonly directory: string;
  readonly package: FetchedPackage;
  /** Everything that was unpacked. */
  readonly packages: readonly DebianPackage[];
}

/** What a version was made of, kept beside it: written last of all. */
const VERSION_FILE = 'debian-version.json';

/**
 * The version that is wanted, fetched if it is not there. Without an exact version, what was fetched for the suite stays
 * the one that is used, so that runs can be compared: only `newest` looks for a newer one. What is there needs no network.
 */
export async function fetchVersion(
  kind: VersionKind,
  { suite, version }: DebianVersion,
  report: (text: string) => void,
  { newest = false, archive }: { readonly newest?: boolean; readonly archive?: HostArchive } = {},
): Promise<Result<FetchedVersion, VersionFailure>> {
  const inUse = join(cacheRoot(), `debian-${kind.name}-${suite}`);
  if (!newest) {
    const there = await readVersion(version === undefined ? inUse : entryPath(kind, suite, version));
    if (there) return ok(there);
  }
  const lists = await packageLists(suite, archive ?? (await hostArchive()), report);
  if (!lists.ok) return lists;
  const choice = await kind.choose(lists.value, version);
  if (!choice.ok) return choice;
  const { main } = choice.value;
  const name = entryName(kind, suite, main.version);
  const entry = await cacheEntry(
    name,
    (directory) => makeVersion(kind, lists.value, choice.value, directory, report),
    report,
  );
  if (!entry.ok) return fail({ kind: 'unavailable', what: entry.failure.what, remedy: entry.failure.remedy });
  if (version === undefined) await use(inUse, name);
  const fetched = await readVersion(entry.value);
  if (!fetched) throw new Error(`${entry.value} has just been made and has no ${VERSION_FILE}`);
  return ok(fetched);
}

/** Fills the directory of a cache entry with a version. */
export async function makeVersion(
  kind: VersionKind,
  lists: PackageLists,
  choice: PackageChoice,
  directory: string,
  report: (text: string) => void,
): Promise<Result<void, VersionFailure>> {
  const packages = await fetchPackages(lists, choice, directory, report);
  if (!packages.ok) return packages;
  const arranged = await kind.arrange(directory, choice);
  if (!arranged.ok) return arranged;
  const facts = { package: { suite: lists.suite, ...choice.main }, packages: packages.value };
  await writeFile(join(directory, VERSION_FILE), JSON.stringify(facts, null, 2));
  return ok(undefined);
}

/** The version in a cache entry, or in what a link leads to; undefined where there is none. */
export async function readVersion(path: string): Promise<FetchedVersion | undefined> {
  const target = await readlink(path).catch(() => undefined);
  const directory = target === undefined ? path : join(cacheRoot(), target);
  const text = await readFile(join(directory, VERSION_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : { ...JSON.parse(text), directory };
}

function entryPath(kind: VersionKind, suite: SuiteName, version: string): string {
  return join(cacheRoot(), entryName(kind, suite, version));
}

/** A colon, as in `1:10.0.2`, would part a list of library directories in two. */
function entryName({ name }: VersionKind, suite: SuiteName, version: string): string {
  return `debian-${name}-${suite}_${version.replaceAll(':', '_')}`;
}

/** Makes an entry the one that is used for its suite from now on, in one step, whoever else does the same. */
async function use(link: string, entry: string): Promise<void> {
  const made = join(cacheRoot(), entry, `in-use-${randomUUID()}`);
  await symlink(entry, made);
  await rename(made, link);
}

export interface VersionThere extends FetchedVersion {
  readonly kind: VersionKind['name'];
  /** Whether it is the one that a scenario gets that names its suite only. */
  readonly isInUse: boolean;
}

const ENTRY = /^debian-(?<kind>kernel|qemu|source|ovmf)-[a-z-]+_./;

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

const MEGABYTE = 1e6;
/** Where the archives are until they are unpacked. */
const ARCHIVES = 'archives';

/**
 * Downloads packages and unpacks them into `directory`, without running any of their scripts; apt checks their hashes.
 * Gives all packages that were unpacked.
 */
export async function fetchPackages(
  lists: PackageLists,
  choice: PackageChoice,
  directory: string,
  report: (text: string) => void,
): Promise<Result<readonly DebianPackage[], VersionFailure>> {
  const subject = `${lists.suite}: ${choice.main.name} ${choice.main.version}`;
  const archives = join(directory, ARCHIVES);
  await mkdir(join(archives, 'partial'), { recursive: true });
  const downloaded = await download(lists, choice, archives, report);
  if (!downloaded.ok) {
    await distrust(lists, downloaded.failure.what);
    return cannotBeHad(subject, downloaded.failure);
  }
  report(`unpacking ${choice.main.name} ${choice.main.version}`);
  const packages: DebianPackage[] = [];
  for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')).toSorted()) {
    const archive = join(archives, file);
    const unpacked = await runApt('dpkg-deb', ['--extract', archive, directory]);
    if (!unpacked.ok) return cannotBeHad(subject, unpacked.failure);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-deb's own format
    const shown = await runApt('dpkg-deb', ['--show', '--showformat=${Package} ${Version}', archive]);
    if (!shown.ok) return cannotBeHad(subject, shown.failure);
    const [name = '', version = ''] = shown.value.split(' ');
    packages.push({ name, version });
  }
  await rm(archives, { recursive: true });
  return ok(packages);
}

async function download(
  { aptOptions }: PackageLists,
  { main, others, fetch }: PackageChoice,
  archives: string,
  report: (text: string) => void,
) {
  const named = [main, ...others].map(({ name, version }) => `${name}=${version}`);
  const command = {
    'with-dependencies': ['-o', `Dir::Cache::archives=${archives}`, '-y', '--download-only', 'install', ...named],
    alone: ['download', ...named],
  }[fetch];
  const run = (...words: readonly string[]) =>
    runApt('apt-get', [...aptOptions, '-qq', ...words, ...command], { cwd: archives });
  const planned = await run('--print-uris');
  if (!planned.ok) return planned;
  const totalMb = Math.round(totalBytes(planned.value) / MEGABYTE);
  const what = `${main.name} ${main.version}`;
  report(`downloading ${what}, ${totalMb} MB`);
  const progress = setInterval(async () => {
    const mb = Math.round((await bytesIn(archives)) / MEGABYTE);
    report(`downloading ${what}, ${mb} of ${totalMb} MB`);
  }, PROGRESS_INTERVAL_MS);
  const downloaded = await run();
  clearInterval(progress);
  return downloaded;
}

/** Lists that name what the mirror no longer has are not used again: the next attempt fetches new ones. */
async function distrust({ directory }: PackageLists, said: string): Promise<void> {
  if (/404|Hash Sum mismatch/i.test(said)) await rm(directory, { recursive: true, force: true });
}

/** `'http://…/linux-image-….deb' linux-image-….deb 139331676 SHA256:…` */
function totalBytes(uris: string): number {
  return [...uris.matchAll(/^'.*' \S+ (\d+)/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

async function bytesIn(archives: string): Promise<number> {
  const folders = [archives, join(archives, 'partial')];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder).catch(() => [])).map((file) => join(folder, file))),
  );
  const sizes = await Promise.all(files.flat().map((file) => stat(file).catch(() => undefined)));
  return sizes.reduce((sum, one) => sum + (one?.isFile() ? one.size : 0), 0);
}
