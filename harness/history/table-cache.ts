import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fail, ok, type Result } from '../result.ts';
import type { CsvTable, TableFile } from './table-files.ts';
import { quoted, rowsOfFiles } from './table-sql.ts';

/**
 * A table that has been read before, as a Parquet file below the folder of the run directories. It is derived and never
 * the truth: it knows the date and size of every file it was made from, and what has changed since is read anew.
 */
interface Cache {
  readonly parquet: string;
  /** Path to stamp. */
  readonly files: ReadonlyMap<string, string>;
  readonly rejects: readonly Reject[];
}

/** Rows of a file that could not be read. */
export interface Reject {
  readonly path: string;
  readonly rows: number;
}

/** Where to find a table's rows. */
export interface TableSource {
  /** Gives the columns of the table and `source_path`. */
  readonly sql: string;
  /** Known before the table is read; those of files that are read directly are not among them. */
  readonly rejects: readonly Reject[];
}

/**
 * So much CSV is read in about a second on two cores (150 MB in 0.8 s, 690 MB in 6 s), so that only more than this is
 * worth being written once more. As Parquet, those 690 MB are 82 MB, and a question takes 0.6 s.
 */
const WORTH_A_CACHE_BYTES = 200 * 2 ** 20;
/** Changed when the cache's form does. */
const FORM = 1;

/** Takes what it can from the cache and the rest from the files; makes the cache anew when the rest is much. */
export async function tableSource(
  connection: DuckDBConnection,
  root: string,
  table: CsvTable,
  files: readonly TableFile[],
  note: (text: string) => void,
  worthBytes = WORTH_A_CACHE_BYTES,
): Promise<TableSource> {
  const parquet = join(root, '.cache', `${table}.parquet`);
  const cache = await readCache(connection, parquet);
  const isNew = (file: TableFile) => cache?.files.get(file.path) !== file.stamp;
  const newBytes = files.filter(isNew).reduce((sum, { bytes }) => sum + bytes, 0);
  if (newBytes <= worthBytes) return cache ? together(cache, files, files.filter(isNew)) : directly(files);
  note(`reading ${(newBytes / 1e6).toFixed(0)} MB of ${table} once, for ${parquet}`);
  const made = await makeCache(connection, parquet, files);
  if (made.ok) return together(made.value, files, []);
  note(`${parquet} cannot be written, so the next question will take as long: ${made.failure}`);
  return directly(files);
}

function directly(files: readonly TableFile[]): TableSource {
  return { sql: rowsOfFiles(files), rejects: [] };
}

function together(cache: Cache, files: readonly TableFile[], added: readonly TableFile[]): TableSource {
  const valid = new Set(files.filter((file) => !added.includes(file)).map(({ path }) => path));
  const stale = [...cache.files.keys()].filter((path) => !valid.has(path));
  const where = stale.length === 0 ? '' : ` WHERE source_path NOT IN (${stale.map(quoted).join(', ')})`;
  const cached = `SELECT * FROM read_parquet(${quoted(cache.parquet)})${where}`;
  return {
    sql: added.length === 0 ? cached : `${cached} UNION ALL BY NAME ${rowsOfFiles(added)}`,
    rejects: cache.rejects.filter(({ path }) => valid.has(path)),
  };
}

/** Undefined when there is none, or none that can be used. */
async function readCache(connection: DuckDBConnection, parquet: string): Promise<Cache | undefined> {
  try {
    const { form, id, files, rejects } = JSON.parse(readFileSync(listOf(parquet), 'utf8'));
    const sql = `SELECT decode(value) FROM parquet_kv_metadata(${quoted(parquet)}) WHERE decode(key) = 'id'`;
    const [row] = (await connection.runAndReadAll(sql)).getRowsJS();
    return form === FORM && row?.[0] === id ? { parquet, files: new Map(files), rejects } : undefined;
  } catch {
    return undefined;
  }
}

/** What is in the cache, beside it. Both carry the same id: of two that were written by different processes, neither counts. */
function listOf(parquet: string): string {
  return `${parquet}.json`;
}

/** The cache, or why there is none. */
async function makeCache(
  connection: DuckDBConnection,
  parquet: string,
  files: readonly TableFile[],
): Promise<Result<Cache, string>> {
  const id = randomUUID();
  const half = `${parquet}.${id}`;
  try {
    mkdirSync(dirname(parquet), { recursive: true });
    const copy = `COPY (${rowsOfFiles(files)}) TO ${quoted(half)} (FORMAT parquet, KV_METADATA {id: ${quoted(id)}})`;
    await connection.run('SET preserve_insertion_order = false');
    await connection.run(copy);
    const rejects = await takeRejects(connection);
    const stamps = files.map(({ path, stamp }) => [path, stamp] as const);
    writeFileSync(listOf(half), JSON.stringify({ form: FORM, id, files: stamps, rejects }));
    renameSync(half, parquet);
    renameSync(listOf(half), listOf(parquet));
    return ok({ parquet, files: new Map(stamps), rejects });
  } catch (error) {
    for (const path of [half, listOf(half)]) if (existsSync(path)) rmSync(path);
    return fail((error as Error).message);
  } finally {
    await connection.run('RESET preserve_insertion_order');
  }
}

/** What the reads so far could not make sense of, and forgets it. */
export async function takeRejects(connection: DuckDBConnection): Promise<readonly Reject[]> {
  const sql = `SELECT file_path, count(DISTINCT line) FROM reject_errors JOIN reject_scans USING (scan_id, file_id)
    GROUP BY file_path ORDER BY file_path`;
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowsJS();
    await connection.run('DELETE FROM reject_errors');
    return rows.map(([path, count]) => ({ path: String(path), rows: Number(count) }));
  } catch {
    // DuckDB makes these tables when it first reads a CSV file.
    return [];
  }
}
