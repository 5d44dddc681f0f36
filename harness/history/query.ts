import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { PHASE_COLUMNS } from '../record/phases-csv.ts';
import { SAMPLE_COLUMNS } from '../record/samples-csv.ts';
import { fail, ok, type Result } from '../result.ts';
import { runDirectories, type SkippedDirectory } from './run-directories.ts';
import { fillRuns, makeRuns } from './runs-table.ts';
import { soundRuns } from './sound-runs.ts';
import { tableSource, takeRejects } from './table-cache.ts';
import { CSV_TABLES, type CsvTable, isFinishedRun, tableFile } from './table-files.ts';
import { noRows, quoted } from './table-sql.ts';

/** What DuckDB answered. */
export interface Answer {
  readonly columns: readonly string[];
  /** Numbers, texts, truths, null; times as ISO 8601; lists and structures as they are in JSON. */
  readonly rows: readonly (readonly Cell[])[];
  /** Whether there are more rows than were asked for. */
  readonly more: boolean;
  readonly skipped: readonly SkippedDirectory[];
}

export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

export interface QueryOptions {
  /** At most so many rows; all when absent. */
  readonly limit?: number;
  /** Says what takes long. */
  readonly note: (text: string) => void;
}

const COLUMNS: Readonly<Record<CsvTable, readonly string[]>> = {
  samples: SAMPLE_COLUMNS.map(([name]) => name),
  phases: PHASE_COLUMNS.map(([name]) => name),
};

/**
 * Asks DuckDB about the tables `samples`, `phases` and `runs` of all run directories below a folder. Only the tables that
 * the question names are read. The failure is DuckDB's message.
 */
export async function query(root: string, sql: string, { limit, note }: QueryOptions): Promise<Result<Answer, string>> {
  const listed = runDirectories(resolve(root));
  if (!listed.ok) return listed;
  const skipped: SkippedDirectory[] = [];
  const isFine = (directory: string, result: Result<void, string> | undefined) => {
    if (result?.ok === false) skipped.push({ directory, reason: result.failure });
    return result?.ok === true;
  };
  const finished = listed.value.filter((directory) => isFine(directory, isFinishedRun(directory)));
  const sound = soundRuns(resolve(root), finished, mentions(sql, 'phases') ? 'phases' : 'samples');
  const directories = finished.filter((directory) => isFine(directory, sound.get(directory)));
  // Loaded here, because it is 70 MB of native code that no other command needs.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const refusal = await whyNoQuestion(connection, sql);
    if (refusal !== undefined) return fail(refusal);
    await makeRuns(connection);
    if (mentions(sql, 'runs')) await fillRuns(connection, directories);
    for (const table of CSV_TABLES) {
      const own = mentions(sql, table) ? directories : [];
      skipped.push(...(await makeView(connection, resolve(root), table, own, note)));
    }
    await closeTo(connection, resolve(root));
    const answer = await ask(connection, sql, limit);
    skipped.push(...(await takeRejects(connection)).map(describeReject));
    return answer.ok ? ok({ ...answer.value, skipped }) : answer;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function mentions(sql: string, table: string): boolean {
  return new RegExp(`\\b${table}\\b`, 'i').test(sql);
}

/** The view of a table over its files. Returns the files that are left out. */
async function makeView(
  connection: DuckDBConnection,
  root: string,
  table: CsvTable,
  directories: readonly string[],
  note: (text: string) => void,
): Promise<readonly SkippedDirectory[]> {
  const found = directories.map((directory) => ({ directory, file: tableFile(directory, table) }));
  const files = found.flatMap(({ file }) => (file.ok ? file.value : []));
  const source =
    files.length === 0
      ? { sql: noRows(COLUMNS[table]), rejects: [] }
      : await tableSource(connection, root, table, files, note);
  await connection.run(`CREATE VIEW ${table} AS SELECT * EXCLUDE (source_path) FROM (${source.sql})`);
  return [
    ...found.flatMap(({ directory, file }) => (file.ok ? [] : { directory, reason: file.failure })),
    ...source.rejects.map(describeReject),
  ];
}

function describeReject({ path, rows }: { path: string; rows: number }): SkippedDirectory {
  return { directory: path, reason: `${rows} ${rows === 1 ? 'row' : 'rows'} cannot be read` };
}

/** What json_serialize_sql() says of a text. */
const serialized = z.object({
  error: z.boolean(),
  error_type: z.string().optional(),
  statements: z.array(z.unknown()).default([]),
});

/**
 * Why a text is not asked; undefined when it is one question. Others write files, attach databases or load code, some as
 * soon as they are prepared (EXPORT DATABASE makes its folder then), so the text is only parsed: json_serialize_sql() takes
 * SELECT statements alone, DESCRIBE and SUMMARIZE among them. What cannot be parsed DuckDB says when it is asked.
 */
async function whyNoQuestion(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  const [row = []] = (await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])).getRowsJS();
  const parsed = serialized.parse(JSON.parse(String(row[0])));
  if (parsed.error_type === 'parser') return undefined;
  if (parsed.error) return 'only a question can be asked (SELECT, DESCRIBE, SUMMARIZE): nothing is written or changed';
  const { length } = parsed.statements;
  return length === 1 ? undefined : `one question is expected, and this is ${length === 0 ? 'none' : length}`;
}

/** From here on nothing outside of the folder is read (DuckDB, "Securing DuckDB": allowed_directories), and this stays so. */
async function closeTo(connection: DuckDBConnection, root: string): Promise<void> {
  await connection.run(`SET allowed_directories = [${quoted(root)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

async function ask(
  connection: DuckDBConnection,
  sql: string,
  limit: number | undefined,
): Promise<Result<Omit<Answer, 'skipped'>, string>> {
  try {
    const reader = await (limit === undefined
      ? connection.runAndReadAll(sql)
      : connection.streamAndReadUntil(sql, limit + 1));
    const rows = reader.getRowsJS();
    const wanted = limit === undefined ? rows : rows.slice(0, limit);
    return ok({
      columns: reader.columnNames(),
      rows: wanted.map((row) => row.map(cellOf)),
      more: wanted.length < rows.length,
    });
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** A value of DuckDB's as JSON has it. Whole numbers beyond 2^53 stay exact as texts. */
function cellOf(value: unknown): Cell {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(cellOf);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === null || value === undefined) return null;
  if (value.constructor !== Object) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cellOf(item)]));
}
