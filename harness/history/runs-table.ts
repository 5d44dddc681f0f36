import type { DuckDBConnection } from '@duckdb/node-api';
import type { ManyRunsFile } from '../record/run-file.ts';
import { readFinishedRun } from './finished-run.ts';
import { identifier, quoted } from './table-sql.ts';

/** Columns of the table `runs`, a row per run directory, from its `run.json`. */
const COLUMNS: readonly (readonly [
  name: string,
  type: string,
  value: (run: ManyRunsFile, directory: string) => string | number | null | undefined,
])[] = [
  ['run_id', 'VARCHAR', (run) => run.run_id],
  ['directory', 'VARCHAR', (_, directory) => directory],
  ['status', 'VARCHAR', (run) => run.status],
  ['started_at', 'TIMESTAMP', (run) => run.started_at],
  ['finished_at', 'TIMESTAMP', (run) => run.finished_at],
  ['tool_version', 'VARCHAR', (run) => run.tool.version],
  ['tool_commit', 'VARCHAR', (run) => run.tool.commit],
  ['seed', 'BIGINT', (run) => run.seed],
  ['scenarios', 'VARCHAR', (run) => [...new Set(run.variants.map(({ scenario }) => scenario))].join(',')],
  ['n_variants', 'INTEGER', (run) => run.variants.length],
  ['hostname', 'VARCHAR', (run) => run.host.hostname],
  ['cpu_model', 'VARCHAR', (run) => run.host.cpu_model],
  ['cores', 'INTEGER', (run) => run.host.cores],
  ['memory_mib', 'INTEGER', (run) => run.host.memory_mib],
  ['host_kernel', 'VARCHAR', (run) => run.host.kernel],
  ['microcode', 'VARCHAR', (run) => run.host.microcode],
  ['qemu', 'VARCHAR', (run) => run.host.qemu],
  ['governor', 'VARCHAR', (run) => run.host.governor],
  ['load', 'DOUBLE', (run) => run.host.load],
];

/** Rows in one statement: a statement of all runs at once would be megabytes for DuckDB to parse. */
const BATCH = 500;

export async function makeRuns(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `CREATE TABLE runs (${COLUMNS.map(([name, type]) => `${identifier(name)} ${type}`).join(', ')})`,
  );
}

/** Reads every `run.json`. Those that a glance took for sound and that are not are left out of the table. */
export async function fillRuns(connection: DuckDBConnection, directories: readonly string[]): Promise<void> {
  const rows = directories.flatMap((directory) => {
    const run = readFinishedRun(directory);
    return run.ok ? [`(${COLUMNS.map(([, , value]) => literal(value(run.value, directory))).join(', ')})`] : [];
  });
  for (let start = 0; start < rows.length; start += BATCH) {
    await connection.run(`INSERT INTO runs VALUES ${rows.slice(start, start + BATCH).join(', ')}`);
  }
}

function literal(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'number' ? String(value) : quoted(value);
}
