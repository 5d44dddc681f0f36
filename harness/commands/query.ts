import { stringify } from 'csv-stringify/sync';
import { textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Answer, type Cell, query } from '../history/query.ts';
import { skippedLines } from '../history/skipped-lines.ts';
import type { QueryFlags } from './flags.ts';
import { complain, print, printable, say } from './output.ts';

/** More rows than anybody reads; a pipe gets all of them with `--csv` or `--json`. */
const SHOWN_ROWS = 1000;
/** Enough to see what differs. */
const SHOWN_DIGITS = 6;

/** `bench query SQL`: asks DuckDB about all run directories below a folder. Exit 2 with DuckDB's message for bad SQL. */
export async function queryCommand(sql: string, root: string, flags: QueryFlags): Promise<ExitCode> {
  const isTable = !flags.json && !flags.csv;
  const answer = await query(root, sql, {
    ...(isTable ? { limit: SHOWN_ROWS } : {}),
    note: say,
  });
  if (!answer.ok) return complain(answer.failure, EXIT.usage);
  const { columns, rows, skipped } = answer.value;
  for (const line of skippedLines(skipped)) say(line);
  if (flags.json) print(JSON.stringify(objects(answer.value), null, 2));
  else if (flags.csv) process.stdout.write(stringify([columns, ...rows.map((row) => row.map(exactText))]));
  else print(tableLines(answer.value).join('\n'));
  return EXIT.ok;
}

function objects({ columns, rows }: Answer): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

function tableLines({ columns, rows, more }: Answer): readonly string[] {
  const lines = textTable(
    columns.map((heading, index) => {
      const isNumeric = rows.every((row) => row[index] === null || typeof row[index] === 'number');
      return { heading: printable(heading), align: isNumeric ? 'right' : 'left' };
    }),
    rows.map((row) => row.map(shownText)),
  );
  return more ? [...lines, `... and more than these ${rows.length} rows: --csv and --json print all`] : lines;
}

function shownText(cell: Cell): string {
  if (typeof cell === 'number' && !Number.isInteger(cell)) return String(Number(cell.toPrecision(SHOWN_DIGITS)));
  return printable(exactText(cell));
}

function exactText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
