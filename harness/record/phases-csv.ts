import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import {
  BOOT_MODES,
  CLOCKS,
  type GoodSample,
  OPERATIONS,
  type Phase,
  type PhaseKind,
  type Sample,
} from '../vocabulary.ts';
import { quote } from '../words.ts';
import {
  type Columns,
  csvHeader,
  csvRows,
  ms,
  notSound,
  oneOf,
  REMEDY,
  readCsv,
  text,
  truth,
  whole,
} from './csv-file.ts';
import { writeWhole } from './run-directory.ts';
import { type CountedRun, IDENTITY, readSampleRows, SAMPLE_COLUMNS, SAMPLES_FILE } from './samples-csv.ts';

export const PHASES_FILE = 'phases.csv';

/** One phase of one sample. */
export interface PhaseOfSample {
  readonly sample: Sample;
  readonly phase: Phase;
}

const kind = oneOf<PhaseKind>(['host', 'guest', 'fixed-wait']);

/** Columns of `phases.csv`: a row per phase of every sample that was `ok`. */
export const PHASE_COLUMNS: Columns<PhaseOfSample> = [
  ['run_id', ({ sample }) => sample.runId, text],
  ['scenario', ({ sample }) => sample.scenario, text],
  ['variant', ({ sample }) => sample.variant, text],
  ['clock', ({ sample }) => sample.clock, oneOf(CLOCKS)],
  ['boot', ({ sample }) => sample.boot, whole],
  ['cycle', ({ sample }) => sample.cycle, whole],
  ['sequence', ({ sample }) => sample.sequence, whole],
  ['operation', ({ sample }) => sample.operation, oneOf(OPERATIONS)],
  ['device_id', ({ sample }) => sample.deviceId, text],
  ['phase', ({ phase }) => phase.name, text],
  ['start_ms', ({ phase }) => ms.write(phase.startMs), ms],
  ['duration_ms', ({ phase }) => ms.write(phase.durationMs), ms],
  ['kind', ({ phase }) => phase.kind, kind],
  ['warmup', ({ sample }) => String(sample.warmup), truth, 'false'],
  ['boot_mode', ({ sample }) => sample.bootMode, oneOf(BOOT_MODES), 'fresh'],
];

export function phaseRows(samples: readonly Sample[]): readonly PhaseOfSample[] {
  return samples.flatMap((sample) => sample.phases.map((phase) => ({ sample, phase })));
}

/** Writes `samples.csv` and `phases.csv` of a run directory, in place of those that may be there. */
export async function writeSamples(directory: string, samples: readonly Sample[]): Promise<void> {
  const phases = phaseRows(samples);
  await writeWhole(join(directory, SAMPLES_FILE), csvHeader(SAMPLE_COLUMNS) + csvRows(SAMPLE_COLUMNS, samples));
  await writeWhole(join(directory, PHASES_FILE), csvHeader(PHASE_COLUMNS) + csvRows(PHASE_COLUMNS, phases));
}

/**
 * The samples of a run directory with their phases, from `samples.csv` and `phases.csv`: much faster than from the
 * recordings. The failure is a reason to leave the directory out.
 */
export function readSamples(directory: string, run: CountedRun): Result<readonly Sample[], string> {
  const samples = readSampleRows(directory, run);
  if (!samples.ok) return samples;
  const read = readCsv(join(directory, PHASES_FILE), PHASE_COLUMNS);
  if (!read.ok) return read;
  const { rows, cellsOf } = read.value;
  const identity = IDENTITY.map(cellsOf);
  const [runOf, nameOf, kindOf] = [cellsOf('run_id'), cellsOf('phase'), cellsOf('kind')];
  const [startOf, durationOf] = [cellsOf('start_ms'), cellsOf('duration_ms')];
  const good = new Map<string, Phase[]>();
  for (const sample of samples.value) if (sample.outcome === 'ok') good.set(identityOf(sample), []);
  for (const [index, row] of rows.entries()) {
    if (runOf(row) !== run.run_id)
      return fail(notSound(PHASES_FILE, index, `which is of the run ${quote(runOf(row))}`));
    const phases = good.get(identity.map((cellOf) => cellOf(row)).join('\n'));
    if (!phases) return fail(notSound(PHASES_FILE, index, 'which is of no good sample'));
    const [startMs, durationMs] = [Number(startOf(row)), Number(durationOf(row))];
    const phase = { name: nameOf(row), kind: kind.read(kindOf(row)), startMs, durationMs };
    const before = phases.at(-1);
    // One that took no time adds nothing up.
    if (before?.name === phase.name && before.startMs === startMs && before.durationMs === durationMs)
      return fail(notSound(PHASES_FILE, index, 'which is the row before it once more'));
    phases.push(phase);
  }
  const whole = samples.value.map((sample) =>
    sample.outcome === 'ok' ? { ...sample, phases: good.get(identityOf(sample)) ?? [] } : sample,
  );
  const wrong = whole.findIndex((sample) => sample.outcome === 'ok' && !addUp(sample));
  if (wrong >= 0)
    return fail(
      `the phases in its ${PHASES_FILE} do not add up to the latency in row ${wrong + 2} of its ${SAMPLES_FILE}: ${REMEDY}`,
    );
  return ok(whole);
}

/** Half of the last digit that a cell has. */
const ROUNDED_MS = 0.5e-6;

/** Whether the phases of a sample follow each other from its start to its end, as `phasesOf` makes them. */
function addUp({ phases, latencyMs }: GoodSample): boolean {
  let endMs = 0;
  for (const { startMs, durationMs } of phases) {
    if (Math.abs(startMs - endMs) > 4 * ROUNDED_MS) return false;
    endMs = startMs + durationMs;
  }
  return Math.abs(latencyMs - endMs) <= 4 * ROUNDED_MS;
}

function identityOf(sample: Sample): string {
  const { scenario, variant, boot, bootMode, cycle, sequence, operation, deviceId, warmup } = sample;
  return [scenario, variant, boot, bootMode, cycle, sequence, operation, deviceId, warmup].join('\n');
}
