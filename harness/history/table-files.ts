import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '../record/stored-json.ts';
import { fail, ok, type Result } from '../result.ts';
import { isOwnDirectory, readFinishedRun } from './finished-run.ts';

/** Tables that are CSV files in every run directory. */
export const CSV_TABLES = ['samples', 'phases'] as const;
export type CsvTable = (typeof CSV_TABLES)[number];

/** A CSV file with a readable header. */
export interface TableFile {
  readonly directory: string;
  readonly path: string;
  readonly columns: readonly string[];
  readonly bytes: number;
  /** Changes whenever the file does. */
  readonly stamp: string;
}

/** Long enough for the first keys of `run.json` and for the header of a CSV file. */
const HEAD_BYTES = 2048;
/** How `run.json` begins. */
const FINISHED = new RegExp(
  `^\\{\\s*"schema_version": ${SCHEMA_VERSION},\\s*"run_id": "([^"\\\\]*)",\\s*"status": "(?:complete|failed)"`,
);
/** How it ends: the only brace at the beginning of a line but the first. */
const END = '\n}\n';
const COLUMN = /^[a-z][a-z0-9_]*$/;

/**
 * Whether a directory holds a finished run of this version. Reading thousands of `run.json` whole takes longer than the
 * question that is asked of them, so the beginning and the end of the file have to do where they are as they are
 * written; all others are read whole. The failure is a reason to leave the directory out.
 */
export function isFinishedRun(directory: string): Result<void, string> {
  const glance = glanceAt(join(directory, 'run.json'));
  const runId = glance.ok && glance.value.tail === END ? finishedRun(glance.value.head) : undefined;
  if (runId !== undefined) return isOwnDirectory(directory, runId);
  const read = readFinishedRun(directory);
  return read.ok ? isOwnDirectory(directory, read.value.run_id) : read;
}

/** The id in the beginning of a `run.json` of a whole, finished run; undefined where the beginning does not tell. */
function finishedRun(head: string): string | undefined {
  // `started_at` is written after what tells a part of a run from a whole one.
  if (!head.includes('"started_at"') || head.includes('"shard": {')) return undefined;
  return FINISHED.exec(head)?.[1];
}

/** The CSV file of a table in a run directory. The failure is a reason to leave the file out. */
export function tableFile(directory: string, table: CsvTable): Result<TableFile, string> {
  const path = join(directory, `${table}.csv`);
  const glance = glanceAt(path);
  if (!glance.ok) return fail(`its ${table}.csv cannot be read: ${glance.failure}`);
  const { head, bytes, stamp } = glance.value;
  const columns = head.slice(0, Math.max(0, head.indexOf('\n'))).split(',');
  if (columns[0] !== 'run_id' || !columns.every((column) => COLUMN.test(column))) {
    return fail(`its ${table}.csv does not begin with a header`);
  }
  return ok({ directory, path, columns, bytes, stamp });
}

interface Glance {
  readonly head: string;
  readonly bytes: number;
  readonly stamp: string;
  readonly tail: string;
}

function glanceAt(path: string): Result<Glance, string> {
  let descriptor: number | undefined;
  try {
    // A pipe of that name would keep its reader for ever (open(2), O_NONBLOCK).
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return fail('it is no ordinary file');
    const { size, mtimeMs } = stats;
    const buffer = Buffer.alloc(HEAD_BYTES);
    const length = readSync(descriptor, buffer, 0, HEAD_BYTES, 0);
    const head = buffer.toString('utf8', 0, length);
    const tail = buffer.toString(
      'utf8',
      0,
      readSync(descriptor, buffer, 0, END.length, Math.max(0, size - END.length)),
    );
    return ok({ head, bytes: size, stamp: `${mtimeMs} ${size}`, tail });
  } catch (error) {
    return fail((error as NodeJS.ErrnoException).code ?? 'unknown');
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
