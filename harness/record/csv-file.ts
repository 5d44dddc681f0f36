import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { fail, ok, type Result } from '../result.ts';
import { withoutControls } from '../words.ts';
import { readText } from './read-file.ts';

/** What a cell of a CSV file can say. */
export interface Cell<Value> {
  readonly write: (value: Value) => string | number;
  /** Absent where every text is one. */
  readonly isValid?: (text: string) => boolean;
  /** Of a valid text. */
  readonly read: (text: string) => Value;
}

export const text: Cell<string> = { write: (value) => value, read: (cell) => cell };

export function oneOf<Value extends string>(values: readonly Value[]): Cell<Value> {
  const known: ReadonlySet<string> = new Set(values);
  return { write: (value) => value, isValid: (cell) => known.has(cell), read: (cell) => cell as Value };
}

/** Up to 2^53, from where on numbers are no longer exact. */
const WHOLE = /^\d{1,15}$/;

export const whole: Cell<number> = {
  write: (value) => value,
  isValid: (cell) => WHOLE.test(cell),
  read: Number,
};

/** Nothing that is measured here is negative or without end, and none is written as `0x10` or `1e3`. Rounded, -1e-9 is -0.000000. */
const DECIMAL = /^(\d{1,15}(\.\d+)?|-0\.0+)$/;

/** Milliseconds, to the nanosecond. */
export const ms: Cell<number> = {
  write: (value) => value.toFixed(6),
  isValid: (cell) => DECIMAL.test(cell),
  read: Number,
};

export const truth: Cell<boolean> = {
  write: String,
  isValid: (cell) => cell === 'true' || cell === 'false',
  read: (cell) => cell === 'true',
};

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const utc: Cell<Date> = {
  write: (value) => value.toISOString(),
  isValid: (cell) => UTC.test(cell) && !Number.isNaN(Date.parse(cell)),
  read: (cell) => new Date(cell),
};

/** Empty, never 0, for what there is not. */
export function orEmpty<Value>({ write, isValid, read }: Cell<Value>): Cell<Value | undefined> {
  return {
    write: (value) => (value === undefined ? '' : write(value)),
    isValid: (cell) => cell === '' || (isValid?.(cell) ?? true),
    read: (cell) => (cell === '' ? undefined : read(cell)),
  };
}

/** A column of a CSV file: its name, what fills its cells, and what they can say. */
export type Column<Row> = readonly [
  name: string,
  value: (row: Row) => string | number,
  // What it reads is no concern of who writes.
  cell: Pick<Cell<unknown>, 'isValid' | 'read'>,
  /** What a cell would say in a file from before the column was there; a file without any other column is none. */
  before?: string,
];

/** The order is a contract: columns are only ever added, at the end. */
export type Columns<Row> = readonly Column<Row>[];

/** A CSV file that is being written. */
export interface CsvFile<Row> {
  /** Adds rows; when this returns, they are on the disk. */
  append(rows: readonly Row[]): void;
  close(): void;
}

export function csvHeader<Row>(columns: Columns<Row>): string {
  return stringify([columns.map(([name]) => name)]);
}

export function csvRows<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  return stringify(rows.map((row) => columns.map(([, value]) => value(row))));
}

/** A file that a run writes is no longer at its place: whatever is written would be for nobody. */
export class LostPlace extends Error {
  constructor(path: string) {
    super(`${path} was removed, moved or replaced while the run went on: what is measured from here on cannot be kept`);
  }
}

/** Creates the file with its header and these rows, in place of one that may be there. It is never there by halves. */
export function createCsvFile<Row>(file: string, columns: Columns<Row>, rows: readonly Row[] = []): CsvFile<Row> {
  const descriptor = openSync(`${file}.part`, 'w');
  // Not writeSync, which writes a part on a disk that is nearly full, and is content.
  writeFileSync(descriptor, csvHeader(columns) + csvRows(columns, rows));
  fsyncSync(descriptor);
  renameSync(`${file}.part`, file);
  return {
    append(rows) {
      if (rows.length === 0) return;
      const { size, ino } = fstatSync(descriptor);
      if (statSync(file, { throwIfNoEntry: false })?.ino !== ino) throw new LostPlace(file);
      try {
        writeFileSync(descriptor, csvRows(columns, rows));
        fsyncSync(descriptor);
      } catch (error) {
        // A full disk leaves part of a row: rows are there whole or not at all.
        ftruncateSync(descriptor, size);
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** The rows of a CSV file, all of whose cells are as its columns say. */
export interface ReadCsv {
  readonly rows: readonly (readonly string[])[];
  /** What a column says in a row. */
  readonly cellsOf: (column: string) => (row: readonly string[]) => string;
}

/**
 * Reads a file that was written by these columns, or by fewer or more of them. The failure is a reason to leave its
 * directory out: rows that are silently missing, or not what they were, would change every figure.
 */
export function readCsv<Row>(file: string, columns: Columns<Row>): Result<ReadCsv, string> {
  const name = basename(file);
  const read = readText(file);
  if (!read.ok) return fail(`its ${name} cannot be read: ${read.failure.why}`);
  const content = withoutControls(read.value);
  if (!content.endsWith('\n')) return fail(`its ${name} is cut off in its last line: ${REMEDY}`);
  const table = tableOf(content);
  if (!table.ok) return fail(`its ${name} is no CSV file: ${table.failure}: ${REMEDY}`);
  const [header = [], ...rows] = table.value;
  const places = new Map(header.map((column, place) => [column, place]));
  const lacking = columns.find(([column, , , before]) => before === undefined && !places.has(column));
  if (lacking) return fail(`its ${name} has no column ${lacking[0]}: ${REMEDY}`);
  const checks = columns.flatMap(([column, , { isValid }]) => {
    const place = places.get(column);
    return isValid && place !== undefined ? [{ column, place, isValid }] : [];
  });
  for (const { column, place, isValid } of checks) {
    // Most columns say the same row after row.
    let valid: string | undefined;
    for (const [index, row] of rows.entries()) {
      const cell = row[place] ?? '';
      if (cell === valid) continue;
      if (!isValid(cell)) return fail(notSound(name, index, `its ${column} is "${cell}"`));
      valid = cell;
    }
  }
  const before = new Map(columns.map(([column, , , text = '']) => [column, text]));
  return ok({
    rows,
    cellsOf: (column) => {
      const place = places.get(column);
      const always = before.get(column) ?? '';
      return place === undefined ? () => always : (row) => row[place] ?? '';
    },
  });
}

/** What is wrong with a row of a file, the header being line 1. */
export function notSound(name: string, index: number, what: string): string {
  return `its ${name} is not as this version writes it in row ${index + 2}, ${what}: ${REMEDY}`;
}

export const REMEDY = '"analyse" makes it anew from the recordings';

/** Rows with as many cells each as the header. Without a quote, which nearly no file has, a cell ends at a comma. */
function tableOf(content: string): Result<readonly (readonly string[])[], string> {
  if (!content.includes('"') && !content.includes('\r')) {
    const lines = content.slice(0, -1).split('\n');
    const rows = lines.map((line) => line.split(','));
    const cells = rows[0]?.length;
    if (rows.every((row) => row.length === cells)) return ok(rows);
  }
  try {
    return ok(parse(content));
  } catch (error) {
    return fail((error as Error).message);
  }
}
