import type { Sample } from '../vocabulary.ts';
import type { Columns } from './csv-file.ts';

/** Columns of `samples.csv`: a row per operation. */
export const SAMPLE_COLUMNS: Columns<Sample> = [
  ['run_id', (s) => s.runId],
  ['scenario', (s) => s.scenario],
  ['variant', (s) => s.variant],
  ['topology', (s) => s.topology],
  ['controller', (s) => s.controller],
  ['kernel', (s) => s.kernel],
  ['accelerator', (s) => s.accelerator],
  ['clock', (s) => s.clock],
  ['boot', (s) => s.boot],
  ['boot_mode', (s) => s.bootMode],
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
  ['expected', (s) => String(s.expected)],
  ['offset_ms', (s) => s.offsetMs?.toFixed(6) ?? ''],
  ['start_ms', (s) => s.startMs.toFixed(6)],
  ['burst', (s) => s.burst?.first ?? ''],
  ['burst_size', (s) => s.burst?.size ?? 1],
  ['jobs', (s) => s.jobs],
  ['wall_ms', (s) => s.wallMs?.toFixed(6) ?? ''],
  ['losses', (s) => s.losses.join(' ')],
];
