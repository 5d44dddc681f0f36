import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { interning, type Night, readNight } from './night.ts';
import { type PackedNights, unpackNights } from './packed-nights.ts';
import type { SkippedDirectory } from './run-directories.ts';

/** What became of a list of directories. */
export interface ReadNights {
  readonly nights: readonly Night[];
  readonly skipped: readonly SkippedDirectory[];
}

/** What `night-thread.ts` sends. */
interface FromThread {
  readonly packed: PackedNights;
  readonly skipped: readonly SkippedDirectory[];
}

/** Reads run directories one after the other. */
export function readNights(directories: readonly string[]): ReadNights {
  const nights: Night[] = [];
  const skipped: SkippedDirectory[] = [];
  const intern = interning();
  for (const directory of directories) {
    const night = readNight(directory, intern);
    if (night.ok) nights.push(night.value);
    else skipped.push({ directory, reason: night.failure });
  }
  return { nights, skipped };
}

/** Fewer are read before a second thread has started. */
const WORTH_A_THREAD = 300;

/** `night-thread.ts` in the bundle. When run from source there is none, and one thread reads everything. */
const THREAD = new URL('./history-thread.js', import.meta.url);

/**
 * Reads run directories, many of them in two threads: nearly all of the time goes to parsing JSON, about 200 KB of it per
 * run. More threads would not help on the two cores that a measuring host may have to spare.
 */
export async function readManyNights(directories: readonly string[]): Promise<ReadNights> {
  if (directories.length < WORTH_A_THREAD || !existsSync(fileURLToPath(THREAD))) return readNights(directories);
  const share = Math.round(directories.length / 2);
  const other = inThread(directories.slice(share));
  const own = readNights(directories.slice(0, share));
  const theirs = await other;
  return { nights: [...own.nights, ...theirs.nights], skipped: [...own.skipped, ...theirs.skipped] };
}

async function inThread(directories: readonly string[]): Promise<ReadNights> {
  const { packed, skipped } = await new Promise<FromThread>((resolve, reject) => {
    const worker = new Worker(THREAD, { workerData: directories });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { nights: unpackNights(packed), skipped };
}
