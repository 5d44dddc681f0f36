import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import type { GuestFailure } from './guest-image.ts';
import { PROGRESS_INTERVAL_MS } from './progress-interval.ts';
import { runTool } from './run-tool.ts';

const MEGABYTE = 1e6;

/** What apt says when its lists do not have the package, or have a version that the archive no longer has. */
const LISTS_ARE_OLD = /Unable to locate package|No packages found|no installation candidate|404 {2}Not Found/;

/** As root, apt would fetch as a user of its own, who may not write into the cache. */
const FETCH_AS_CALLER = ['-o', 'APT::Sandbox::User=root'];

/** Name of the package to download, asked of apt with these options: which package it is may be in its lists. */
export type FindPackage = (aptOptions: readonly string[]) => Promise<Result<string, GuestFailure>>;

/**
 * Downloads the newest version of a Debian package into `directory` and gives the path of the archive; apt checks its
 * hash. Where the host's package lists are missing or too old, it fetches lists of its own beside the archive, because
 * refreshing the host's needs root.
 */
export async function downloadPackage(
  find: FindPackage,
  directory: string,
  remedy: string,
  report: (text: string) => void,
): Promise<Result<string, GuestFailure>> {
  const withHostLists = await downloadWith(FETCH_AS_CALLER, find, directory, remedy, report);
  if (withHostLists.ok || !LISTS_ARE_OLD.test(withHostLists.failure.what)) return withHostLists;

  report('fetching package lists');
  const own = join(directory, 'apt');
  await mkdir(join(own, 'lists', 'partial'), { recursive: true });
  await mkdir(join(own, 'archives', 'partial'), { recursive: true });
  const ownLists = [...FETCH_AS_CALLER, '-o', `Dir::State::Lists=${join(own, 'lists')}`, '-o', `Dir::Cache=${own}`];
  const updated = await runTool('apt-get', [...ownLists, '-q', 'update'], remedy);
  return updated.ok ? downloadWith(ownLists, find, directory, remedy, report) : updated;
}

async function downloadWith(
  options: readonly string[],
  find: FindPackage,
  directory: string,
  remedy: string,
  report: (text: string) => void,
): Promise<Result<string, GuestFailure>> {
  const found = await find(options);
  if (!found.ok) return found;
  const name = found.value;
  const planned = await runTool('apt-get', [...options, 'download', '--print-uris', name], remedy);
  if (!planned.ok) return planned;
  // 'http://…/linux-source-….deb' linux-source-….deb 139331676 SHA256:…
  const [, file, size] = /^'.*' (\S+) (\d+)/m.exec(planned.value) ?? [];
  if (file === undefined) return fail({ what: `apt has no source for ${name}.`, remedy });

  const archive = join(directory, file);
  const megabytes = Math.round(Number(size) / MEGABYTE);
  report(`downloading ${name}, ${megabytes} MB`);
  const progress = setInterval(async () => {
    const there = await stat(archive).catch(() => undefined);
    if (there) report(`downloading ${name}, ${Math.round(there.size / MEGABYTE)} of ${megabytes} MB`);
  }, PROGRESS_INTERVAL_MS);
  const downloaded = await runTool('apt-get', [...options, '-q', 'download', name], remedy, { cwd: directory });
  clearInterval(progress);
  return downloaded.ok ? ok(archive) : downloaded;
}
