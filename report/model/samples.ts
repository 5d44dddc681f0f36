import { parse } from 'csv-parse/sync';
import { OPERATIONS, type OperationName } from '../../harness/vocabulary.ts';
import type { SampleRow } from './sample-row.ts';

/** A sample with the names of what it belongs to. */
export interface NamedSample {
  readonly scenario: string;
  readonly variantName: string;
  /** Kind of the device; empty for boots. */
  readonly device: string;
  readonly sample: Omit<SampleRow, 'variant'>;
}

/** Rows of `samples.csv`. Columns that an older version did not write are as if they said what was then always so. */
export function parseSamples(csv: string): readonly NamedSample[] {
  const rows: Record<string, string>[] = parse(csv, {
    columns: true,
    // The last row of a run that was killed may lack its end.
    relax_column_count: true,
    skip_empty_lines: true,
  });
  return rows.flatMap((row) => {
    const operation = OPERATIONS.find((name) => name === row.operation);
    return operation && row.order ? [namedSample(row, operation)] : [];
  });
}

function namedSample(row: Record<string, string>, operation: OperationName): NamedSample {
  const { scenario = '', variant: variantName = '', outcome = '', latency_ms: latency = '', expected } = row;
  return {
    scenario,
    variantName,
    device: row.device ?? '',
    sample: {
      operation,
      boot: Number(row.boot),
      bootMode: row.boot_mode ?? 'fresh',
      clock: row.clock ?? 'real',
      cycle: Number(row.cycle),
      sequence: Number(row.sequence),
      deviceId: row.device_id ?? '',
      outcome,
      latencyMs: latency === '' ? undefined : Number(latency),
      startedAt: row.started_at ?? '',
      order: Number(row.order),
      detail: row.detail ?? '',
      warmup: row.warmup === 'true',
      isExpected: expected === undefined ? outcome === 'ok' : expected === 'true',
      offsetMs: row.offset_ms ? Number(row.offset_ms) : undefined,
    },
  };
}
