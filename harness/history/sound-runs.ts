import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readSamples } from '../record/phases-csv.ts';
import { checkSamples } from '../record/samples-csv.ts';
import { ok, type Result } from '../result.ts';
import { readFinishedRun } from './finished-run.ts';

/** Which runs below a folder were found sound, by their ids, and as of when. Derived, and never the truth. */
interface Stored {
  readonly form: number;
  readonly stamps: readonly (readonly [runId: string, stamp: string])[];
}

/** Changed when what is asked of a run is another thing. */
const FORM = 1;
/** Fewer new runs are checked in less time than it takes to write. */
export const WORTH_WRITING = 100;

/** What is asked of a run: whether its samples can be believed, or its phases, too, of which there are five times as many. */
export type Asked = 'samples' | 'phases';
const ASKED = {
  samples: { stored: 'sound-runs.json', files: ['run.json', 'samples.csv'], check: checkSamples },
  phases: { stored: 'sound-phases.json', files: ['run.json', 'samples.csv', 'phases.csv'], check: readSamples },
} as const;

/**
 * Whether the samples of each of these finished runs can be believed. Every row of ten years of nights is looked at in some
 * seconds, so this is done once for each run, as long as its files stay as they are. The failure is a reason to leave the
 * directory out.
 */
export function soundRuns(
  root: string,
  directories: readonly string[],
  asked: Asked,
): ReadonlyMap<string, Result<void, string>> {
  const known = readSound(root, asked);
  const stamps = new Map<string, string>();
  let checked = 0;
  const results = directories.map((directory) => {
    const stamp = stampOf(directory, ASKED[asked].files);
    const isKnown = stamp !== undefined && known.get(basename(directory)) === stamp;
    const result = isKnown ? ok(undefined) : checkRun(directory, asked);
    if (!isKnown) checked += 1;
    if (result.ok && stamp !== undefined) stamps.set(basename(directory), stamp);
    return [directory, result] as const;
  });
  if (checked > WORTH_WRITING) writeSound(root, stamps, asked);
  return new Map(results);
}

/** Notes for later that these runs were found sound. */
export function rememberSound(root: string, directories: readonly string[]): void {
  const stamps = directories.flatMap((directory) => {
    const stamp = stampOf(directory, ASKED.samples.files);
    return stamp === undefined ? [] : [[basename(directory), stamp] as const];
  });
  writeSound(root, new Map(stamps), 'samples');
}

/** Changes whenever one of the files does; undefined when one is missing. */
export function stampOf(directory: string, files: readonly string[]): string | undefined {
  try {
    return files
      .map((name) => statSync(join(directory, name)))
      .map(({ mtimeMs, size }) => `${mtimeMs} ${size}`)
      .join(' ');
  } catch {
    return undefined;
  }
}

/** Writes a derived file whole or not at all. A folder that cannot be written, or a full disk, costs only time. */
export function writeDerived(file: string, content: string | Uint8Array): void {
  const half = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(half, content);
    renameSync(half, file);
  } catch {
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

function checkRun(directory: string, asked: Asked): Result<void, string> {
  const run = readFinishedRun(directory);
  if (!run.ok) return run;
  const checked = ASKED[asked].check(directory, run.value);
  return checked.ok ? ok(undefined) : checked;
}

function fileIn(root: string, asked: Asked): string {
  return join(root, '.cache', ASKED[asked].stored);
}

function readSound(root: string, asked: Asked): ReadonlyMap<string, string> {
  try {
    const { form, stamps } = JSON.parse(readFileSync(fileIn(root, asked), 'utf8')) as Stored;
    return new Map(form === FORM ? stamps : []);
  } catch {
    // There is none, or it is broken: all are checked.
    return new Map();
  }
}

function writeSound(root: string, stamps: ReadonlyMap<string, string>, asked: Asked): void {
  const stored: Stored = { form: FORM, stamps: [...stamps] };
  writeDerived(fileIn(root, asked), JSON.stringify(stored));
}
