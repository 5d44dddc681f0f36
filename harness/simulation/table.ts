import { textTable } from '../../report/terminal/table.ts';

/** How much is simulated: `quick` is what continuous integration has time for, `full` is for a person who waits. */
export type Effort = 'quick' | 'full';

/** A table of what was simulated, and whether what it promises is kept. */
export interface Printed {
  readonly lines: readonly string[];
  readonly isKept: boolean;
}

export interface Column<Row> {
  readonly heading: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

/** A table with its title above it and what it promises below. */
export function printedTable<Row extends { readonly isKept?: boolean | undefined }>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  notes: readonly string[] = [],
): Printed {
  const all: readonly Column<Row>[] = [
    ...columns,
    { heading: 'kept', align: 'left', cell: ({ isKept }) => (isKept === undefined ? '' : isKept ? 'yes' : 'NO') },
  ];
  const cells = rows.map((row) => all.map(({ cell }) => cell(row)));
  return { lines: [title, ...textTable(all, cells), ...notes], isKept: rows.every(({ isKept }) => isKept !== false) };
}

export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
