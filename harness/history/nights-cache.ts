import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Night } from './night.ts';
import { type PackedNights, packNights, unpackNights } from './packed-nights.ts';
import { type ReadNights, readManyNights } from './read-nights.ts';

/** What is in the cache: derived, and never the truth. */
interface Stored {
  readonly form: number;
  /** By run id: which files the night was read from. */
  readonly stamps: ReadonlyMap<string, string>;
  readonly packed: PackedNights;
}

/** Changed when a night's form does. */
const FORM = 3;
/** Fewer new runs are read in a tenth of a second, and writing the cache takes as long. */
const WORTH_WRITING = 100;
const FILES = ['run.json', 'summary.json'];

/**
 * Reads run directories, those that are as they were when they were last read from the cache below `root`: of ten years of
 * nights, a history then takes half as long. Directories that could not be read are always tried again.
 */
export async function readNightsOnce(root: string, directories: readonly string[]): Promise<ReadNights> {
  const file = join(root, '.cache', 'nights.bin');
  const stamps = new Map(directories.map((directory) => [basename(directory), stampOf(directory)]));
  const known = readCache(file).filter(({ run, stamp }) => stamp !== undefined && stamps.get(run.runId) === stamp);
  const ids = new Set(known.map(({ run }) => run.runId));
  const read = await readManyNights(directories.filter((directory) => !ids.has(basename(directory))));
  const nights = [...known, ...read.nights];
  if (read.nights.length > WORTH_WRITING) writeCache(file, nights, stamps);
  return { nights, skipped: read.skipped };
}

/** Changes whenever one of the files does; undefined when one is missing. */
function stampOf(directory: string): string | undefined {
  try {
    return FILES.map((name) => statSync(join(directory, name)))
      .map(({ mtimeMs, size }) => `${mtimeMs} ${size}`)
      .join(' ');
  } catch {
    return undefined;
  }
}

function readCache(file: string): readonly (Night & { readonly stamp: string | undefined })[] {
  try {
    const { form, stamps, packed } = deserialize(readFileSync(file)) as Stored;
    if (form !== FORM) return [];
    return unpackNights(packed).map((night) => ({ ...night, stamp: stamps.get(night.run.runId) }));
  } catch {
    // There is none, or it is broken: everything is read.
    return [];
  }
}

function writeCache(file: string, nights: readonly Night[], stamps: ReadonlyMap<string, string | undefined>): void {
  const half = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(half, serialize({ form: FORM, stamps, packed: packNights(nights) }));
    renameSync(half, file);
  } catch {
    // A folder that cannot be written, or a full disk: the next history takes as long as this one.
    removeIfThere(half);
  }
}

function removeIfThere(file: string): void {
  try {
    rmSync(file);
  } catch {
    // It was never made.
  }
}
