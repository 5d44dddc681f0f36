import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../cache/cache.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import { cannotBeHad, type PackageLists, packageLists, runApt } from './apt.ts';
import { exactDependencies, type PackageChoice, packageBehind } from './debian-packages.ts';
import { type FetchedVersion, fetchVersion, makeVersion, readVersion, type VersionKind } from './fetch-version.ts';
import type { GuestKernel } from './guest-kernel.ts';
import { type HostArchive, hostArchive } from './host-archive.ts';
import { type KernelImageFacts, readKernelImage } from './kernel-image.ts';
import { type DebianVersion, STABLE_SUITES, type SuiteName, type VersionFailure } from './suites.ts';

/** The package that always depends on a suite's newest generic kernel. The -cloud one has no SHPC driver. */
const META_PACKAGE = 'linux-image-amd64';
const IMAGE_PREFIX = 'linux-image-';

/** Facts about the unpacked kernel, kept beside it so that a start has nothing to hash. */
const KERNEL_FACTS_FILE = 'kernel.json';

export const KERNEL: VersionKind = { name: 'kernel', choose: chooseKernel, arrange: arrangeKernel };

/** Debian's generic kernel in this version, unpacked in the cache; nothing is installed on the host. */
export async function debianKernel(
  wanted: DebianVersion,
  report: (text: string) => void,
): Promise<Result<GuestKernel, VersionFailure>> {
  const fetched = await fetchVersion(KERNEL, wanted, report);
  return fetched.ok ? ok(await kernelIn(fetched.value)) : fetched;
}

async function kernelIn({ directory, package: from }: FetchedVersion): Promise<GuestKernel> {
  const facts: KernelImageFacts = JSON.parse(await readFile(join(directory, KERNEL_FACTS_FILE), 'utf8'));
  return {
    ...facts,
    description: `Debian ${from.name} ${from.version}`,
    image: join(directory, 'boot', `vmlinuz-${facts.release}`),
    modulesDirectory: join(directory, 'lib', 'modules', facts.release),
    package: from,
  };
}

/** Since Linux 7.0 a kernel is in several packages (its image, its modules, what both need), all named after its release. */
async function chooseKernel(
  lists: PackageLists,
  version: string | undefined,
): Promise<Result<PackageChoice, VersionFailure>> {
  const main = await packageBehind(lists, META_PACKAGE, IMAGE_PREFIX, version);
  if (!main.ok) return main;
  const parts = await exactDependencies(lists, main.value);
  if (!parts.ok) return parts;
  const release = main.value.name.slice(IMAGE_PREFIX.length);
  const others = parts.value.filter(({ name }) => name.endsWith(`-${release}`));
  return ok({ main: main.value, others, fetch: 'alone' });
}

/** Leaves `boot/vmlinuz-<release>` and `lib/modules/<release>`, wherever the packages have them. */
async function arrangeKernel(directory: string, { main }: PackageChoice): Promise<Result<void, VersionFailure>> {
  const subject = `${main.name} ${main.version}`;
  const modules = join(directory, 'lib', 'modules');
  const merged = join(directory, 'usr', 'lib', 'modules');
  // Since Debian 13 the modules are under /usr/lib; depmod and modprobe look in /lib.
  if (await isThere(merged)) {
    await mkdir(join(directory, 'lib'), { recursive: true });
    await rename(merged, modules);
  }
  const release = main.name.slice(IMAGE_PREFIX.length);
  const image = join(directory, 'boot', `vmlinuz-${release}`);
  const besideModules = join(modules, release, 'vmlinuz');
  if (!(await isThere(image)) && (await isThere(besideModules))) {
    await mkdir(join(directory, 'boot'), { recursive: true });
    await copyFile(besideModules, image);
  }
  for (const file of await readdir(directory)) {
    if (file !== 'boot' && file !== 'lib') await rm(join(directory, file), { recursive: true });
  }
  const facts = await readKernelImage(image);
  if (!facts.ok) return cannotBeHad(subject, facts.failure);
  const indexed = await runApt('depmod', ['-b', directory, facts.value.release]);
  if (!indexed.ok) return cannotBeHad(subject, indexed.failure);
  await writeFile(join(directory, KERNEL_FACTS_FILE), JSON.stringify(facts.value));
  return ok(undefined);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The cache entry: `boot/vmlinuz-<release>` and `lib/modules/<release>`. */
const STOCK_KERNEL = 'stock-kernel';

/** For a host that is not one of Debian's stable releases. */
const OTHERWISE: SuiteName = 'bookworm';

/**
 * Debian's generic kernel of the host's own release, the newest when it is first needed, whatever the age of the host's
 * package lists. Once it is there, it is used without asking apt again: removing the cache entry gets a newer one.
 *
 * @param archive in place of the host's, for tests
 */
export async function stockKernel(
  report: (text: string) => void,
  archive?: HostArchive,
): Promise<Result<GuestKernel, FailureWithRemedy>> {
  const entry = await cacheEntry(STOCK_KERNEL, (directory) => fetchKernel(directory, archive, report), report);
  if (!entry.ok) return fail({ ...entry.failure, kind: 'unavailable' });
  const facts = JSON.parse(await readFile(join(entry.value, KERNEL_FACTS_FILE), 'utf8'));
  const from = (await readVersion(entry.value))?.package;
  return ok({
    ...facts,
    // Older versions of this program kept the package's name with the facts, in this form.
    ...(from && { description: `Debian ${from.name} ${from.version}`, package: from }),
    image: join(entry.value, 'boot', `vmlinuz-${facts.release}`),
    modulesDirectory: join(entry.value, 'lib', 'modules', facts.release),
  });
}

async function fetchKernel(
  directory: string,
  given: HostArchive | undefined,
  report: (text: string) => void,
): Promise<Result<void, VersionFailure>> {
  const archive = given ?? (await hostArchive());
  const suite = STABLE_SUITES.find((name) => archive.configured.includes(name)) ?? OTHERWISE;
  const lists = await packageLists(suite, archive, report);
  if (!lists.ok) return lists;
  const choice = await KERNEL.choose(lists.value, undefined);
  return choice.ok ? makeVersion(KERNEL, lists.value, choice.value, directory, report) : choice;
}
