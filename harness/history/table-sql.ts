import { groupBy } from '../statistics/groups.ts';
import type { TableFile } from './table-files.ts';

/** Columns that are whole numbers; `_ms` and `_at` at the end of a name give a type away. */
const WHOLE_NUMBERS = new Set(['boot', 'cycle', 'sequence', 'order']);
const TRUTHS = new Set(['warmup']);

/** DuckDB's type of a column, by its name. */
export function columnType(name: string): string {
  if (name.endsWith('_ms')) return 'DOUBLE';
  if (name.endsWith('_at')) return 'TIMESTAMP';
  if (WHOLE_NUMBERS.has(name)) return 'INTEGER';
  return TRUTHS.has(name) ? 'BOOLEAN' : 'VARCHAR';
}

/**
 * A query that gives the rows of CSV files and, as `source_path`, the file that each is from. Older files lack newer columns,
 * so files with the same header are read together: `union_by_name` of `read_csv` would do the same and take seven times
 * as long over thousands of files (DuckDB 1.5).
 */
export function rowsOfFiles(files: readonly TableFile[]): string {
  const byHeader = groupBy(files, ({ columns }) => columns.join());
  return [...byHeader.values()].map(readCsv).join(' UNION ALL BY NAME ');
}

function readCsv(files: readonly TableFile[]): string {
  const paths = files.map(({ path }) => quoted(path)).join(', ');
  const columns = (files[0]?.columns ?? []).map((name) => `${quoted(name)}: '${columnType(name)}'`).join(', ');
  // Rows that cannot be read (cut off, binary) are kept in DuckDB's table of rejects, from which they are reported.
  return `SELECT * FROM read_csv([${paths}], columns = {${columns}}, auto_detect = false, header = true,
    delim = ',', quote = '"', escape = '"', filename = 'source_path', store_rejects = true)`;
}

/** No rows of the right columns, for when no run has the table. */
export function noRows(columns: readonly string[]): string {
  const cells = [...columns, 'source_path'].map((name) => `NULL::${columnType(name)} AS ${identifier(name)}`);
  return `SELECT ${cells.join(', ')} WHERE false`;
}

/** A text as SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
