import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRESS_INTERVAL_MS } from '../host/run-tool.ts';
import { ok, type Result } from '../result.ts';
import type { DebianPackage, PackageChoice } from './debian-packages.ts';
import type { PackageLists } from './package-lists.ts';
import { cannotBeHad, runApt } from './run-apt.ts';
import type { VersionFailure } from './suites.ts';

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
