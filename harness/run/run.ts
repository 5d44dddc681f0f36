import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CsvFile, createCsvFile } from '../archive/csv-file.ts';
import { writeFindings } from '../archive/findings-files.ts';
import { PHASE_COLUMNS, type PhaseOfSample, phaseRows } from '../archive/phases-csv.ts';
import { createRunDirectory, type RunDirectory } from '../archive/run-directory.ts';
import { type BootReport, type RunFacts, writeRunJson } from '../archive/run-json.ts';
import { SAMPLE_COLUMNS } from '../archive/samples-csv.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { type PlannedBoot, schedule } from '../plan/schedule.ts';
import type { MachineSpec } from '../qemu/command-line.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { type BootFacts, bootFacts } from '../statistics/boot-facts.ts';
import { type Findings, findingsOf } from '../statistics/findings.ts';
import { bootClock } from '../timeline/clock.ts';
import { qemuStartMs } from '../timeline/qemu-start.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { type Sample, sampleOf } from '../timeline/sample.ts';
import { guestRelease } from '../timeline/samples-of.ts';
import { topologyOf } from '../topology/index.ts';
import { runBoot } from './boot.ts';
import { openRecorder } from './recorder.ts';
import { startSession } from './session.ts';

export interface RunRequest {
  readonly facts: RunFacts;
  readonly ready: readonly ReadyVariant[];
  readonly seed: number;
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  /** Folder in which the run directory is made. */
  readonly resultsRoot: string;
  /** Last part of the run directory's name. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Called before each boot and after each sample, for the terminal. */
  readonly onProgress: (progress: Progress) => void;
}

export type Progress =
  | { readonly kind: 'boot'; readonly planned: PlannedBoot; readonly index: number; readonly total: number }
  | { readonly kind: 'sample'; readonly sample: Sample };

export interface FinishedRun {
  readonly directory: string;
  readonly runId: string;
  readonly samples: readonly Sample[];
  readonly findings: Findings;
  readonly interrupted: boolean;
}

/** The files that grow with every finished operation. */
interface SampleFiles {
  readonly samples: CsvFile<Sample>;
  readonly phases: CsvFile<PhaseOfSample>;
}

/** Performs the whole plan. Every finished operation is on the disk before the next begins. */
export async function performRun(request: RunRequest): Promise<FinishedRun> {
  const { facts, ready, seed, signal } = request;
  const directory = await createRunDirectory(request.resultsRoot, request.name, facts.startedAt);
  const { path, runId } = directory;
  const boots: BootReport[] = [];
  const seen: BootFacts[] = [];
  const samples: Sample[] = [];
  const describe = (status: 'partial' | 'complete' | 'failed', finishedAt?: Date) =>
    writeRunJson(join(path, 'run.json'), { ...facts, runId, boots, samples, ready, seed, status, finishedAt });
  await describe('partial');

  const files: SampleFiles = {
    samples: createCsvFile(join(path, 'samples.csv'), SAMPLE_COLUMNS),
    phases: createCsvFile(join(path, 'phases.csv'), PHASE_COLUMNS),
  };
  const variants = ready.map(({ variant }) => variant);
  const plan = schedule(variants, seed);
  for (const [index, planned] of plan.entries()) {
    if (signal.aborted) break;
    const one = ready.find(({ variant }) => variant === planned.variant);
    if (!one) throw new Error(`the plan has a variant that is not ready: ${planned.variant.name}`);
    request.onProgress({ kind: 'boot', planned, index, total: plan.length });
    const { report, found } = await performBoot(request, directory, files, one, planned, samples);
    boots.push(report);
    seen.push(found);
    await describe('partial');
  }
  files.samples.close();
  files.phases.close();

  const questions = {
    variants,
    references: new Map(
      facts.scenarios.flatMap((one) => (one.reference === undefined ? [] : [[one.name, one.reference]])),
    ),
    fits: facts.scenarios.flatMap(({ fits }) => fits ?? []),
  };
  const findings = findingsOf(questions, samples, seen);
  await writeFindings(path, runId, findings);
  const failed = samples.some(({ outcome }) => outcome !== 'ok');
  await describe(signal.aborted ? 'partial' : failed ? 'failed' : 'complete', new Date());
  return { directory: path, runId, samples, findings, interrupted: signal.aborted };
}

/** Name of a boot's recording and of its folder under `logs`. Scenario and variant names are safe in file names. */
export function bootName({ variant, boot }: PlannedBoot): string {
  return `${variant.scenario}.${variant.name}.${String(boot).padStart(3, '0')}`;
}

async function performBoot(
  { registry, qemu, signal, onProgress }: RunRequest,
  { path, runId }: RunDirectory,
  files: SampleFiles,
  { variant, guest, accelerator }: ReadyVariant,
  planned: PlannedBoot,
  samples: Sample[],
): Promise<{ readonly report: BootReport; readonly found: BootFacts }> {
  const topology = topologyOf(variant.topology);
  const name = bootName(planned);
  const startedAt = new Date();
  const originNs = process.hrtime.bigint();
  const identity = {
    runId,
    scenario: variant.scenario,
    variant: variant.name,
    topology: topology.name,
    controller: topology.controller,
    accelerator: accelerator.used,
    boot: planned.boot,
  };
  const header = { recording: 1, ...identity, startedAt: startedAt.toISOString() } as const;
  const recorder = openRecorder(join(path, 'recording', `${name}.jsonl`), header, originNs);
  const spec: MachineSpec = {
    topology,
    topologyOptions: variant.topologyOptions,
    guest: variant.guest,
    files: guest,
    accelerator: accelerator.used,
  };
  const logDirectory = join(path, 'logs', name);
  await runBoot({
    planned,
    topology,
    recorder,
    signal,
    start: () => startSession(spec, { registry, qemu, logDirectory }, recorder),
    onOperation: (operation) => {
      const kernel = guestRelease(recorder.events) ?? guest.release;
      const sample = sampleOf({ ...identity, kernel }, operation, startedAt, samples.length + 1);
      // Phases first: a sample that is on the disk has its phases there.
      files.phases.append(phaseRows([sample]));
      files.samples.append([sample]);
      samples.push(sample);
      onProgress({ kind: 'sample', sample });
    },
  });
  recorder.close();
  await writeQmpLog(join(logDirectory, 'qmp.jsonl'), recorder.events);
  return {
    report: {
      name,
      variant,
      boot: planned.boot,
      clock: bootClock(recorder.events),
      qemuStartMs: qemuStartMs(recorder.events),
    },
    found: bootFacts(identity, recorder.events),
  };
}

/** The QMP traffic on its own, a JSON object a line, for people who look into one boot. */
async function writeQmpLog(file: string, events: readonly RecordedEvent[]): Promise<void> {
  const lines = events.flatMap((event) => {
    if (event.source !== 'qmp') return [];
    const { atMs, direction, message } = event;
    return [`${JSON.stringify({ atMs, direction, message })}\n`];
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(''));
}
