import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { makeDirectory } from '../host/make-directory.ts';
import { fail, ok, type Result } from '../result.ts';

/** The page for readers, the last file that a run writes. */
export const REPORT_FILE = 'report.html';

/** A new, empty run directory and its name, which is the run's id. */
export interface RunDirectory {
  readonly path: string;
  readonly runId: string;
}

/** 20260131T235959Z: sorts by time and needs no quoting anywhere. */
export function basicTimestamp(time: Date): string {
  return time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
}

/** The name of a run of these scenarios, as it is in its directory's. */
export function runName(scenarios: readonly { readonly name: string }[]): string {
  return scenarios.length === 1 && scenarios[0] ? scenarios[0].name : 'suite';
}

/**
 * Makes `<root>/<timestamp>-<name>/` with its `recording` and `logs` folders, and points `<root>/latest` at it. A second
 * run within the same second gets `-2` after its name.
 */
export async function createRunDirectory(root: string, name: string, now: Date): Promise<RunDirectory> {
  await makeDirectory(root);
  const stem = `${basicTimestamp(now)}-${name}`;
  for (let copy = 1; ; copy++) {
    const runId = copy === 1 ? stem : `${stem}-${copy}`;
    const path = join(root, runId);
    try {
      await mkdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    await mkdir(join(path, 'recording'));
    await mkdir(join(path, 'logs'));
    await pointLatest(root, path);
    return { path, runId };
  }
}

/** The link is made beside its place and moved there, so that `latest` always leads somewhere. */
async function pointLatest(root: string, path: string): Promise<void> {
  const link = join(root, `.latest-${process.pid}`);
  // A process of this number may have been killed in between, and have left it.
  await rm(link, { recursive: true, force: true });
  await symlink(basename(path), link);
  await rename(link, join(root, 'latest'));
}

/** Writes a file whole or not at all, so that a reader never sees half of it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const half = `${file}.part`;
  await writeFile(half, text);
  await rename(half, file);
}

/** `writeWhole` for JSON. */
export function writeJson(file: string, value: unknown): Promise<void> {
  return writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Gives a claim up before its process ends. */
export type ReleaseClaim = () => void;

/**
 * Says that this process writes to a run directory; the failure, that another one of this host does. The claim is a socket
 * in the abstract namespace of Linux (unix(7)): it goes when its process goes, however that ends. A process on another host
 * that shares the directory is not seen.
 *
 * @param directory path without links
 */
export async function claimRun(directory: string): Promise<Result<ReleaseClaim, string>> {
  const name = `\0hotplug-bench-run-${createHash('sha256').update(directory).digest('hex')}`;
  const claim = createServer().listen(name);
  claim.unref();
  try {
    await once(claim, 'listening');
    return ok(() => claim.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return fail(`${directory}: this run is still going on; wait for its end, or interrupt it first`);
  }
}
