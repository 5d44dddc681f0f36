import type { Phase, Sample } from '../vocabulary.ts';
import type { Columns } from './csv-file.ts';

/** One phase of one sample. */
export interface PhaseOfSample {
  readonly sample: Sample;
  readonly phase: Phase;
}

/** Columns of `phases.csv`: a row per phase of every sample that was `ok`. */
export const PHASE_COLUMNS: Columns<PhaseOfSample> = [
  ['run_id', ({ sample }) => sample.runId],
  ['scenario', ({ sample }) => sample.scenario],
  ['variant', ({ sample }) => sample.variant],
  ['clock', ({ sample }) => sample.clock],
  ['boot', ({ sample }) => sample.boot],
  ['cycle', ({ sample }) => sample.cycle],
  ['sequence', ({ sample }) => sample.sequence],
  ['operation', ({ sample }) => sample.operation],
  ['device_id', ({ sample }) => sample.deviceId],
  ['phase', ({ phase }) => phase.name],
  ['start_ms', ({ phase }) => phase.startMs.toFixed(6)],
  ['duration_ms', ({ phase }) => phase.durationMs.toFixed(6)],
  ['kind', ({ phase }) => phase.kind],
  ['warmup', ({ sample }) => String(sample.warmup)],
  ['boot_mode', ({ sample }) => sample.bootMode],
];

export function phaseRows(samples: readonly Sample[]): readonly PhaseOfSample[] {
  return samples.flatMap((sample) => sample.phases.map((phase) => ({ sample, phase })));
}
