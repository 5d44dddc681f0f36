import type { Row } from '../charts/chart.ts';

/** Rows of which all have the same fields, with the names of these said once. */
export interface PackedRows {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly Row[string][])[];
}

export function pack(rows: readonly Row[]): PackedRows {
  const fields = Object.keys(rows[0] ?? {});
  return { fields, rows: rows.map((row) => fields.map((field) => row[field] ?? '')) };
}

export function unpack({ fields, rows }: PackedRows): readonly Row[] {
  return rows.map((row) => Object.fromEntries(fields.map((field, index) => [field, row[index] ?? ''])));
}
