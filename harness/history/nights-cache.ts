import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Night } from './night.ts';
import { type PackedNights, packNights, unpackNights } from './packed-nights.ts';
import { type ReadNights, readManyNights } from './read-nights.ts';
import { rememberSound, stampOf, WORTH_WRITING, writeDerived } from './sound-runs.ts';

/** What is in the cache: derived, and never the truth. */
interface Stored {
  readonly form: number;
  /** By run id: which files the night was read from. */
  readonly stamps: ReadonlyMap<string, string>;
  readonly packed: PackedNights;
}

/** Changed when a night's form does. */
const FORM = 5;
const FILES = ['run.json', 'summary.json', 'samples.csv'];

/**
 * Reads run directories, those that are as they were when they were last read from the cache below `root`: of ten years of
 * nights, a history then takes half as long. Directories that could not be read are always tried again.
 */
export async function readNightsOnce(root: string, directories: readonly string[]): Promise<ReadNights> {
  const file = join(root, '.cache', 'nights.bin');
  const stamps = new Map(directories.map((directory) => [basename(directory), stampOf(directory, FILES)]));
  const known = readCache(file).filter(({ run, stamp }) => stamp !== undefined && stamps.get(run.runId) === stamp);
  const ids = new Set(known.map(({ run }) => run.runId));
  const read = await readManyNights(directories.filter((directory) => !ids.has(basename(directory))));
  const nights = [...known, ...read.nights];
  if (read.nights.length > WORTH_WRITING) {
    writeDerived(file, serialize({ form: FORM, stamps, packed: packNights(nights) }));
    const sound = new Set(nights.map(({ run }) => run.runId));
    rememberSound(
      root,
      directories.filter((directory) => sound.has(basename(directory))),
    );
  }
  return { nights, skipped: read.skipped };
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
