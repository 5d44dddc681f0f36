import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { fail, ok, type Result } from '../result.ts';
import { lossKind } from '../timeline/loss-kinds.ts';
import { BOOT_MODES, CLOCKS, OPERATIONS, OUTCOMES, type Phase, type PhaseKind, type Sample } from '../vocabulary.ts';

/** A row of a CSV file, by the names of its columns. */
type Row = Readonly<Record<string, string>>;

/** What holds in a file from before a column was there. `start_ms` tells bursts apart, of which such a file knows nothing. */
const BEFORE_THE_COLUMN: Row = { boot_mode: 'fresh', warmup: 'false', start_ms: '0', burst_size: '1', jobs: '1' };

const PHASE_KINDS: readonly PhaseKind[] = ['host', 'guest', 'fixed-wait'];
const ACCELERATORS = ['kvm', 'tcg'] as const;

/**
 * The samples of a run directory with their phases, from `samples.csv` and `phases.csv`: much faster than from the
 * recordings. A file that is cut off or not as it is written is a failure that names it: samples that are silently missing
 * would change every figure.
 */
export async function readSamples(directory: string): Promise<Result<readonly Sample[], string>> {
  const sampleRows = await readCsv(join(directory, 'samples.csv'));
  if (!sampleRows.ok) return sampleRows;
  const phaseRows = await readCsv(join(directory, 'phases.csv'));
  if (!phaseRows.ok) return phaseRows;
  const phases = new Map<string, Phase[]>();
  for (const [index, row] of phaseRows.value.entries()) {
    const phase = phaseOf(row);
    if (phase === undefined) return notSound(join(directory, 'phases.csv'), index);
    const key = keyOf(row);
    const own = phases.get(key);
    if (own) own.push(phase);
    else phases.set(key, [phase]);
  }
  const samples: Sample[] = [];
  for (const [index, row] of sampleRows.value.entries()) {
    const sample = sampleOf(row, phases.get(keyOf(row)) ?? []);
    if (sample === undefined) return notSound(join(directory, 'samples.csv'), index);
    samples.push(sample);
  }
  return ok(samples);
}

async function readCsv(file: string): Promise<Result<readonly Row[], string>> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return fail(`${file} cannot be read`);
  if (!text.endsWith('\n')) return fail(`${file} is cut off in its last line`);
  try {
    const rows: readonly Row[] = parse(text, { columns: true });
    return ok(rows.map((row) => ({ ...BEFORE_THE_COLUMN, ...row })));
  } catch (error) {
    return fail(`${file}: ${(error as Error).message}`);
  }
}

/** The header is line 1. */
function notSound(file: string, index: number) {
  return fail(
    `${file}: row ${index + 2} is not as this version writes it; "analyse" makes it anew from the recordings`,
  );
}

/** What a phase and its sample have in common. */
function keyOf(row: Row): string {
  const { scenario, variant, boot, boot_mode: mode, cycle, sequence, operation, device_id: device, warmup } = row;
  return [scenario, variant, boot, mode, cycle, sequence, operation, device, warmup].join(' ');
}

function sampleOf(row: Row, phases: readonly Phase[]): Sample | undefined {
  const operation = OPERATIONS.find((name) => name === row.operation);
  const outcome = OUTCOMES.find((name) => name === row.outcome);
  const bootMode = BOOT_MODES.find((name) => name === row.boot_mode);
  const accelerator = ACCELERATORS.find((name) => name === row.accelerator);
  const clock = CLOCKS.find((name) => name === row.clock);
  const [boot, cycle, sequence, order, startMs, burstSize, jobs] = [
    row.boot,
    row.cycle,
    row.sequence,
    row.order,
    row.start_ms,
    row.burst_size,
    row.jobs,
  ].map(numberIn) as [number, number, number, number, number, number, number];
  if (!operation || !outcome || !bootMode || !accelerator || !clock) return undefined;
  if (![boot, cycle, sequence, order, startMs, burstSize, jobs].every(Number.isFinite)) return undefined;
  const latencyMs = numberIn(row.latency_ms);
  if (Number.isFinite(latencyMs) !== (outcome === 'ok')) return undefined;
  if (outcome !== 'ok' && phases.length > 0) return undefined;
  const { run_id: runId = '', scenario = '', variant = '', topology = '', controller = '', kernel = '' } = row;
  const {
    device = '',
    device_id: deviceId = '',
    detail = '',
    burst = '',
    offset_ms: offset = '',
    wall_ms: wall = '',
  } = row;
  const shared = {
    ...{ runId, scenario, variant, topology, controller, kernel, accelerator, clock, boot, bootMode, jobs },
    ...{ cycle, warmup: row.warmup === 'true', sequence, operation, device, deviceId },
    expected: row.expected === undefined ? outcome === 'ok' : row.expected === 'true',
    ...(offset !== '' && { offsetMs: Number(offset) }),
    ...(burst !== '' && { burst: { first: Number(burst), size: burstSize } }),
    ...(wall !== '' && { wallMs: Number(wall) }),
    startMs,
    startedAt: new Date(row.started_at ?? ''),
    losses: (row.losses ?? '').split(' ').flatMap((name) => lossKind(name) ?? []),
    ...{ order, detail },
  };
  return outcome === 'ok' ? { ...shared, outcome, latencyMs, phases } : { ...shared, outcome, phases: [] };
}

function phaseOf(row: Row): Phase | undefined {
  const kind = PHASE_KINDS.find((name) => name === row.kind);
  const [startMs, durationMs] = [numberIn(row.start_ms), numberIn(row.duration_ms)];
  if (!kind || !row.phase || !Number.isFinite(startMs) || !Number.isFinite(durationMs)) return undefined;
  return { name: row.phase, kind, startMs, durationMs };
}

/** NaN for an empty cell and for a column that is not there. */
function numberIn(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}
