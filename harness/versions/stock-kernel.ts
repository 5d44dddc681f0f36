import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../cache/cache.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import { KERNEL, KERNEL_FACTS_FILE } from './debian-kernel.ts';
import { makeVersion, readVersion } from './fetch-version.ts';
import type { GuestKernel } from './guest-kernel.ts';
import { type HostArchive, hostArchive } from './host-archive.ts';
import { packageLists } from './package-lists.ts';
import { STABLE_SUITES, type SuiteName, type VersionFailure } from './suites.ts';

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
