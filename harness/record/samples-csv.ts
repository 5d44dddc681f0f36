import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { lossKind } from '../timeline/loss-kinds.ts';
import {
  BOOT_MODES,
  CLOCKS,
  type FailedOutcome,
  type GoodSample,
  type LossKind,
  OPERATIONS,
  OUTCOMES,
  type Outcome,
  type Sample,
} from '../vocabulary.ts';
import { quote } from '../words.ts';
import {
  type Cell,
  type Column,
  type Columns,
  ms,
  notSound,
  oneOf,
  orEmpty,
  type ReadCsv,
  readCsv,
  text,
  truth,
  utc,
  whole,
} from './csv-file.ts';
import type { RunFile } from './run-file.ts';

export const SAMPLES_FILE = 'samples.csv';

/** A sample as its row has it: each thing in a cell of its own. */
type FlatSample = Omit<GoodSample, 'outcome' | 'latencyMs' | 'refusedAfterMs' | 'expected' | 'burst' | 'phases'> & {
  readonly outcome: Outcome;
  readonly latencyMs?: number;
  readonly refusedAfterMs?: number;
  readonly expected?: boolean;
  readonly burst?: number;
  readonly burstSize: number;
};

type Field = keyof FlatSample;

/** A column, and the field of a sample that it holds. */
function column<Of extends Field>(name: string, field: Of, cell: Cell<FlatSample[Of]>, before?: string) {
  const own = [name, (sample: Sample) => cell.write(flatField(sample, field) as FlatSample[Of]), cell] as const;
  const written: Column<Sample> = before === undefined ? own : [...own, before];
  return { name, field, cell, written };
}

function flatField(sample: Sample, field: Field) {
  if (field === 'burst') return sample.burst?.first;
  if (field === 'burstSize') return sample.burst?.size ?? 1;
  return sample[field];
}

const lossKinds: Cell<readonly LossKind[]> = {
  write: (kinds) => kinds.join(' '),
  // Of a later version there may be others.
  read: (cell) => cell.split(' ').flatMap((name) => lossKind(name) ?? []),
};

/** A row per operation. A new column is one more line here, a field of the sample (vocabulary.ts), and whoever fills it. */
const TABLE = [
  column('run_id', 'runId', text),
  column('scenario', 'scenario', text),
  column('variant', 'variant', text),
  column('topology', 'topology', text),
  column('controller', 'controller', text),
  column('kernel', 'kernel', text),
  column('accelerator', 'accelerator', oneOf(['kvm', 'tcg'])),
  column('clock', 'clock', oneOf(CLOCKS)),
  column('boot', 'boot', whole),
  column('boot_mode', 'bootMode', oneOf(BOOT_MODES), 'fresh'),
  column('cycle', 'cycle', whole),
  column('sequence', 'sequence', whole),
  column('operation', 'operation', oneOf(OPERATIONS)),
  column('device', 'device', text),
  column('device_id', 'deviceId', text),
  column('outcome', 'outcome', oneOf(OUTCOMES)),
  column('latency_ms', 'latencyMs', orEmpty(ms)),
  column('started_at', 'startedAt', utc),
  column('order', 'order', whole),
  column('detail', 'detail', text),
  column('warmup', 'warmup', truth, 'false'),
  column('expected', 'expected', orEmpty(truth), ''),
  column('offset_ms', 'offsetMs', orEmpty(ms), ''),
  // Tells bursts apart, of which a file without it knows nothing.
  column('start_ms', 'startMs', ms, '0'),
  column('burst', 'burst', orEmpty(whole), ''),
  column('burst_size', 'burstSize', whole, '1'),
  column('jobs', 'jobs', whole, '1'),
  column('wall_ms', 'wallMs', orEmpty(ms), ''),
  column('losses', 'losses', lossKinds, ''),
  column('refused_after_ms', 'refusedAfterMs', orEmpty(ms), ''),
];

/** Columns of `samples.csv`. */
export const SAMPLE_COLUMNS: Columns<Sample> = TABLE.map(({ written }) => written);

/** What tells the operations of a run apart; `phases.csv` has it, too. */
export const IDENTITY = [
  ...['scenario', 'variant', 'boot', 'boot_mode', 'cycle', 'sequence', 'operation', 'device_id', 'warmup'],
] as const;

/** How many rows a run has to have. */
export type CountedRun = Pick<RunFile, 'run_id' | 'status' | 'outcomes'>;

/**
 * Whether `samples.csv` of a run directory can be believed: as many rows as its `run.json` counts, none twice, each whole,
 * no number negative or without end. Cheaper than reading it, for who reads the figures of many runs elsewhere. The
 * failure is a reason to leave the directory out.
 */
export function checkSamples(directory: string, run: CountedRun): Result<void, string> {
  const rows = soundRows(directory, run);
  return rows.ok ? ok(undefined) : rows;
}

/** The samples of a run directory without their phases, of which `phases.csv` tells. The failure is as above. */
export function readSampleRows(directory: string, run: CountedRun): Result<readonly Sample[], string> {
  const read = soundRows(directory, run);
  if (!read.ok) return read;
  const { rows, cellsOf } = read.value;
  const cells = new Map(SAMPLE_COLUMNS.map(([name]) => [name, cellsOf(name)]));
  return ok(rows.map((row) => sampleOf((name) => cells.get(name)?.(row) ?? '')));
}

type CellOf = ReturnType<ReadCsv['cellsOf']>;
type Cells = [CellOf, CellOf, CellOf, CellOf];

function soundRows(directory: string, { run_id: runId, status, outcomes }: CountedRun): Result<ReadCsv, string> {
  const read = readCsv(join(directory, SAMPLES_FILE), SAMPLE_COLUMNS);
  if (!read.ok) return read;
  const { rows, cellsOf } = read.value;
  const [runOf, outcomeOf, latencyOf, orderOf] = ['run_id', 'outcome', 'latency_ms', 'order'].map(cellsOf) as Cells;
  const identity = IDENTITY.map(cellsOf);
  const seen = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    if (runOf(row) !== runId) return fail(notSound(SAMPLES_FILE, index, `which is of the run ${quote(runOf(row))}`));
    const [outcome, latency] = [outcomeOf(row), latencyOf(row)];
    if ((outcome === 'ok') !== (latency !== ''))
      return fail(notSound(SAMPLES_FILE, index, `which is ${outcome} and has the latency "${latency}"`));
    let key = '';
    for (const cellOf of identity) key += `\n${cellOf(row)}`;
    const order = orderOf(row);
    const earlier = seen.get(order) ?? seen.get(key);
    if (earlier !== undefined) return fail(notSound(SAMPLES_FILE, index, `which is row ${earlier + 2} once more`));
    seen.set(order, index).set(key, index);
  }
  const counted = rowsCounted({ outcomes });
  // Of a run that did not end, run.json was written when its last whole boot had ended.
  const isWhole = status === 'partial' ? rows.length >= counted : rows.length === counted;
  return isWhole ? read : fail(`its ${SAMPLES_FILE} has ${rows.length} rows of ${counted} that its run.json counts`);
}

/** How many operations a run's `run.json` counts. */
export function rowsCounted({ outcomes }: Pick<RunFile, 'outcomes'>): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

function sampleOf(cell: (column: string) => string): Sample {
  const cells = TABLE.map(({ field, cell: { read }, name }) => [field, read(cell(name))] as const);
  // What a sample does not have is absent, not undefined.
  const flat = Object.fromEntries(cells.filter(([, value]) => value !== undefined)) as FlatSample;
  const { outcome, latencyMs, refusedAfterMs, expected, burst, burstSize, ...rest } = flat;
  const shared = {
    ...rest,
    // What an older version did not write was always so then.
    expected: expected ?? outcome === 'ok',
    ...(burst !== undefined && { burst: { first: burst, size: burstSize } }),
  };
  if (outcome !== 'ok' || latencyMs === undefined) {
    const refused = refusedAfterMs === undefined ? {} : { refusedAfterMs };
    return { ...shared, outcome: outcome as FailedOutcome, ...refused, phases: [] };
  }
  return { ...shared, outcome, latencyMs, phases: [] };
}
