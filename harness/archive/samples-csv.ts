import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { Sample } from '../timeline/sample.ts';

/** Columns of `samples.csv` and what fills them. The order is a contract: columns are only ever added, at the end. */
const COLUMNS: readonly (readonly [name: string, value: (sample: Sample) => string | number])[] = [
  ['run_id', (s) => s.runId],
  ['scenario', (s) => s.scenario],
  ['variant', (s) => s.variant],
  ['topology', (s) => s.topology],
  ['controller', (s) => s.controller],
  ['kernel', (s) => s.kernel],
  ['accelerator', (s) => s.accelerator],
  ['clock', () => 'real'],
  ['boot', (s) => s.boot],
  ['boot_mode', () => 'fresh'],
  ['cycle', (s) => s.cycle],
  ['sequence', (s) => s.sequence],
  ['operation', (s) => s.operation],
  ['device', (s) => s.device],
  ['device_id', (s) => s.deviceId],
  ['outcome', (s) => s.outcome],
  // An empty cell, never 0, for an operation that failed.
  ['latency_ms', (s) => (s.latencyMs === undefined ? '' : s.latencyMs.toFixed(6))],
  ['started_at', (s) => s.startedAt.toISOString()],
  ['order', (s) => s.order],
  ['detail', (s) => s.detail],
  ['warmup', (s) => String(s.warmup)],
];

export const SAMPLE_COLUMNS = COLUMNS.map(([name]) => name);

/** An open `samples.csv`. */
export interface SamplesFile {
  /** Adds a row; when this returns, the row is on the disk. */
  append(sample: Sample): void;
  close(): void;
}

export function sampleRow(sample: Sample): string {
  return stringify([COLUMNS.map(([, value]) => value(sample))]);
}

/** Creates the file with its header. It must not exist. */
export function createSamplesFile(file: string): SamplesFile {
  const descriptor = openSync(file, 'ax');
  writeSync(descriptor, stringify([SAMPLE_COLUMNS]));
  return {
    append(sample) {
      writeSync(descriptor, sampleRow(sample));
      fsyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}
