import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { type Cell, query } from './query.ts';
import { tableSource } from './table-cache.ts';
import { tableFile } from './table-files.ts';
import { columnType, quoted } from './table-sql.ts';
import { writtenNights } from './test-night.ts';

async function ask(root: string, sql: string): Promise<readonly (readonly Cell[])[]> {
  const answer = await query(root, sql, { note: () => {} });
  if (!answer.ok) throw new Error(answer.failure);
  return answer.value.rows;
}

test('samples, phases and runs of all runs are tables', async () => {
  const { root, directories } = await writtenNights(3, 2);
  expect(await ask(root, 'SELECT count(*), count(DISTINCT run_id) FROM samples')).toEqual([[60, 3]]);
  expect(await ask(root, "SELECT DISTINCT kind FROM phases WHERE phase = 'button-wait'")).toEqual([['fixed-wait']]);
  expect(await ask(root, 'SELECT run_id, status, hostname, cores FROM runs ORDER BY started_at LIMIT 1')).toEqual([
    [basename(directories[0] ?? ''), 'complete', 'synthetic', 2],
  ]);
  const together =
    'SELECT count(*) FROM samples JOIN phases USING (run_id, variant, boot, cycle, operation) JOIN runs USING (run_id)';
  expect((await ask(root, together))[0]?.[0]).toBeGreaterThan(60);
});

test('types are those that the names say', async () => {
  const { root } = await writtenNights(1, 1);
  const [row] = await ask(
    root,
    'SELECT latency_ms, started_at, "order", warmup, variant FROM samples ORDER BY "order"',
  );
  expect(row?.map((cell) => typeof cell)).toEqual(['number', 'string', 'number', 'boolean', 'string']);
  expect(row?.[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('bad SQL is a failure in the words of DuckDB', async () => {
  const { root } = await writtenNights(1, 1);
  expect(await query(root, 'SELEKT 1', { note: () => {} })).toMatchObject({
    ok: false,
    failure: expect.stringContaining('syntax error'),
  });
  expect(await query(root, 'SELECT nothing FROM samples', { note: () => {} })).toMatchObject({ ok: false });
});

test.each([
  "COPY (SELECT 1) TO '{root}/stolen.csv'",
  "SELECT * FROM read_text('/etc/hostname')",
  "SELECT * FROM '/etc/passwd'",
  "SELECT * FROM glob('/etc/*')",
  "ATTACH '{root}/x.db' AS x",
  'INSERT INTO runs SELECT * FROM runs',
  'SET enable_external_access = true',
  'INSTALL httpfs',
  "EXPORT DATABASE '{root}/all'",
  "SELECT 1; COPY (SELECT 1) TO '{root}/stolen.csv'",
  "EXPLAIN ANALYZE COPY (SELECT 1) TO '{root}/stolen.csv'",
])('only the tables are read, and nothing is written: %s', async (sql) => {
  const { root } = await writtenNights(1, 1);
  const before = readdirSync(root);
  expect(await query(root, sql.replace('{root}', root), { note: () => {} })).toMatchObject({ ok: false });
  expect(readdirSync(root)).toEqual(before);
});

test('a question may have a name for a part of it, and be about the columns', async () => {
  const { root } = await writtenNights(1, 1);
  expect(await ask(root, 'WITH s AS (SELECT * FROM samples) SELECT count(*) > 0 FROM s;')).toEqual([[true]]);
  expect((await ask(root, 'DESCRIBE samples'))[0]?.[0]).toBe('run_id');
});

test('no more rows than wanted, and a word that there are more', async () => {
  const { root } = await writtenNights(1, 1);
  const limited = await query(root, 'SELECT * FROM samples', { note: () => {}, limit: 4 });
  expect(limited.ok && [limited.value.rows.length, limited.value.more]).toEqual([4, true]);
  const all = await query(root, 'SELECT * FROM samples', { note: () => {}, limit: 10 });
  expect(all.ok && [all.value.rows.length, all.value.more]).toEqual([10, false]);
});

test('older files that lack newer columns, and newer ones with more, are read together', async () => {
  const { root, directories } = await writtenNights(3, 1);
  const [older = '', newer = ''] = directories.map((directory) => join(directory, 'samples.csv'));
  const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(
    older,
    `${lines(older)
      .map((line) => line.slice(0, line.lastIndexOf(',')))
      .join('\n')}\n`,
  );
  writeFileSync(
    newer,
    `${lines(newer)
      .map((line, row) => `${line},${row === 0 ? 'wait_ms' : '1.5'}`)
      .join('\n')}\n`,
  );
  expect(await ask(root, 'SELECT count(*), count(latency_ms), sum(wait_ms) FROM samples')).toEqual([[30, 30, 15]]);
});

test('a run whose file is cut off or holds no table is named and left out', async () => {
  const { root, directories } = await writtenNights(3, 1);
  const [cut = '', junk = ''] = directories.map((directory) => join(directory, 'samples.csv'));
  truncateSync(cut, statSync(cut).size - 60);
  writeFileSync(junk, Buffer.from([0, 1, 2, 255, 10, 0]));
  const answer = await query(root, 'SELECT count(*) FROM samples', { note: () => {} });
  if (!answer.ok) throw new Error(answer.failure);
  expect(answer.value.rows).toEqual([[10]]);
  expect(answer.value.skipped).toEqual([
    { directory: directories[0], reason: expect.stringContaining('its samples.csv is cut off in its last line') },
    { directory: directories[1], reason: expect.stringContaining('its samples.csv') },
  ]);
});

test('without any run the tables are there and empty', async () => {
  const { root, directories } = await writtenNights(1, 1);
  writeFileSync(join(directories[0] ?? '', 'run.json'), '');
  expect(await ask(root, 'SELECT count(*), max(latency_ms) FROM samples')).toEqual([[0, null]]);
  expect(await ask(root, 'SHOW TABLES')).toEqual([['phases'], ['runs'], ['samples']]);
});

test('a path with a quote in it is no SQL', async () => {
  expect(quoted("it's")).toBe("'it''s'");
});

test.each([
  ['latency_ms', 'DOUBLE'],
  ['started_at', 'TIMESTAMP'],
  ['boot', 'INTEGER'],
  ['warmup', 'BOOLEAN'],
  ['something_new', 'VARCHAR'],
])('%s is %s', (name, type) => {
  expect(columnType(name)).toBe(type);
});

/** What the cache gives for a folder, with a threshold that every file is above. */
async function cached(root: string, directories: readonly string[]) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const notes: string[] = [];
  const files = directories.flatMap((directory) => {
    const file = tableFile(directory, 'samples');
    return file.ok ? [file.value] : [];
  });
  const source = await tableSource(connection, root, 'samples', files, (note) => notes.push(note), 0);
  const sql = `SELECT run_id, count(*) FROM (${source.sql}) GROUP BY ALL ORDER BY ALL`;
  const rows = (await connection.runAndReadAll(sql)).getRowsJS().map(([id, count]) => [id, Number(count)]);
  connection.closeSync();
  return { rows, rejects: source.rejects, wasMade: notes.length > 0 };
}

test('the cache says what the files say, and is made anew when they change', async () => {
  const { root, directories } = await writtenNights(3, 1);
  const expected = directories.map((directory) => [basename(directory), 10]);
  expect(await cached(root, directories)).toEqual({ rows: expected, rejects: [], wasMade: true });
  expect(await cached(root, directories)).toEqual({ rows: expected, rejects: [], wasMade: false });
  // A run that has been removed since.
  expect(await cached(root, directories.slice(1))).toEqual({ rows: expected.slice(1), rejects: [], wasMade: false });
  // One that has been analysed again, and lost the end of its last row.
  const [first = ''] = directories.map((directory) => join(directory, 'samples.csv'));
  truncateSync(first, statSync(first).size - 60);
  utimesSync(first, 1, 1);
  const changed = await cached(root, directories);
  expect(changed.wasMade).toBe(true);
  expect(changed.rows[0]).toEqual([basename(directories[0] ?? ''), 9]);
  expect(changed.rejects).toEqual([{ path: first, rows: 1 }]);
  // The warning stays while the file does.
  expect((await cached(root, directories)).rejects).toEqual([{ path: first, rows: 1 }]);
});

test('a cache that is broken or of two makings is made anew', async () => {
  const { root, directories } = await writtenNights(2, 1);
  await cached(root, directories);
  const parquet = join(root, '.cache', 'samples.parquet');
  truncateSync(parquet, 100);
  expect(await cached(root, directories)).toMatchObject({ wasMade: true });
  const list = JSON.parse(readFileSync(`${parquet}.json`, 'utf8'));
  writeFileSync(`${parquet}.json`, JSON.stringify({ ...list, id: 'other' }));
  expect(await cached(root, directories)).toMatchObject({ wasMade: true });
  appendFileSync(`${parquet}.json`, 'x');
  expect(await cached(root, directories)).toMatchObject({ wasMade: true });
});

test('where no cache can be written, the files are read', async () => {
  const { root, directories } = await writtenNights(2, 1);
  writeFileSync(join(root, '.cache'), '');
  const { rows } = await cached(root, directories);
  expect(rows).toHaveLength(2);
  expect(existsSync(join(root, '.cache', 'samples.parquet'))).toBe(false);
});
