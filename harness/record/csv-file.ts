import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';

/** Columns of a CSV file and what fills them. The order is a contract: columns are only ever added, at the end. */
export type Columns<Row> = readonly (readonly [name: string, value: (row: Row) => string | number])[];

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
      const { size } = fstatSync(descriptor);
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
