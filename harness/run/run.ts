import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type { BootFacts } from '../findings/boot-facts.ts';
import { type Findings, findingsOf } from '../findings/findings.ts';
import { type AdaptiveOutcome, adaptiveOutcomes, openAdaptiveRule } from '../plan/adaptive.ts';
import type { PlanFacts } from '../plan/plan.ts';
import type { ReadyVariant, UnavailableVariant } from '../plan/ready-variant.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { type CsvFile, createCsvFile, LostPlace } from '../record/csv-file.ts';
import { writeFindings } from '../record/findings-files.ts';
import { PHASE_COLUMNS, PHASES_FILE, type PhaseOfSample, phaseRows } from '../record/phases-csv.ts';
import type { RunDirectory } from '../record/run-directory.ts';
import { countOutcomes, variantJson, writeRunJson } from '../record/run-json.ts';
import type { BootReport, RunFacts } from '../record/run-state.ts';
import { hasFailed } from '../record/run-state.ts';
import { checkSamples, SAMPLE_COLUMNS, SAMPLES_FILE } from '../record/samples-csv.ts';
import { versionedMachines } from '../record/versioned-machines.ts';
import type { Sample } from '../vocabulary.ts';
import type { Lane } from './lanes.ts';
import type { PerformedBoot } from './perform-boot.ts';
import { type Progress, performPlan } from './perform-plan.ts';

export interface RunRequest {
  readonly facts: RunFacts;
  readonly ready: readonly ReadyVariant[];
  readonly seed: number;
  /** Of the whole run, of which `boots` may be a part. */
  readonly plan: PlanFacts;
  /** What is left to do, in order. */
  readonly boots: readonly PlannedBoot[];
  /** What an earlier start of the same run has done; its rows are in the directory already. */
  readonly earlier: EarlierBoots;
  readonly registry: ProcessRegistry;
  readonly directory: RunDirectory;
  readonly lanes: readonly Lane[];
  readonly signal: AbortSignal;
  /** Called before each boot and after each sample, for the terminal. */
  readonly onProgress: (progress: Progress) => void;
}

export interface EarlierBoots {
  readonly boots: readonly BootReport[];
  readonly samples: readonly Sample[];
  readonly seen: readonly BootFacts[];
}

export const NO_EARLIER_BOOTS: EarlierBoots = { boots: [], samples: [], seen: [] };

export interface FinishedRun {
  readonly directory: string;
  readonly runId: string;
  readonly boots: readonly BootReport[];
  readonly samples: readonly Sample[];
  readonly findings: Findings;
  readonly adaptive: readonly AdaptiveOutcome[];
  /** Variants that it went on without. */
  readonly unavailable: readonly UnavailableVariant[];
  readonly interrupted: boolean;
}

/** Performs the boots. Every finished operation is on the disk before the next of its machine begins. */
export async function performRun(request: RunRequest): Promise<FinishedRun> {
  const { facts, ready, seed, plan, signal, earlier } = request;
  const { path, runId } = request.directory;
  const boots: BootReport[] = [...earlier.boots];
  const seen: BootFacts[] = [...earlier.seen];
  const samples: Sample[] = [...earlier.samples];
  const variants = ready.map(({ variant }) => variant);
  let described = Promise.resolve();
  const describe = (status: 'partial' | 'complete' | 'failed', finishedAt?: Date) => {
    const ended = finishedAt && { adaptive: adaptiveOutcomes(variants, samples, boots) };
    const state = { ...facts, runId, plan, boots, samples, ready, seed, status, finishedAt, ...ended };
    // One after another: machines that run side by side may end at the same time.
    described = described.then(() => writeRunJson(path, state));
    return described;
  };
  await describe('partial');
  // Each operation listens for the interrupt. Node warns of a leak from 11 listeners on, and more operations may overlap.
  setMaxListeners(0, signal);

  const files = {
    samples: createCsvFile(join(path, SAMPLES_FILE), SAMPLE_COLUMNS, samples),
    phases: createCsvFile(join(path, PHASES_FILE), PHASE_COLUMNS, phaseRows(samples)),
  };
  const take = async (performed: PerformedBoot) => {
    boots.push(performed.report);
    seen.push(performed.found);
    await describe('partial');
  };
  let order = samples.length;
  const surroundings = {
    ...request,
    nextOrder: () => {
      order += 1;
      return order;
    },
    onSample: (sample: Sample) => keep(files, samples, sample, request.onProgress),
  };
  await performPlan({ ...request, isDue: openAdaptiveRule(samples) }, surroundings, take);
  files.samples.close();
  files.phases.close();

  const questions = {
    variants,
    references: new Map(
      facts.scenarios.flatMap((one) => (one.reference === undefined ? [] : [[one.name, one.reference]])),
    ),
    fits: facts.scenarios.flatMap(({ fits }) => fits ?? []),
    thresholds: new Map(facts.scenarios.flatMap(({ name, threshold }) => (threshold ? [[name, threshold]] : []))),
    machines: versionedMachines(ready.map(variantJson), facts.host.qemu),
  };
  const findings = findingsOf(questions, samples, seen);
  await writeFindings(path, runId, findings);
  const unavailable = facts.unavailable ?? [];
  const failed = hasFailed(samples, boots) || unavailable.length > 0;
  const lost = checkSamples(path, { run_id: runId, status: 'complete', outcomes: countOutcomes(samples) });
  if (!lost.ok) throw new LostPlace(`${path}: ${lost.failure}: something in it`);
  await describe(signal.aborted ? 'partial' : failed ? 'failed' : 'complete', new Date());
  const adaptive = adaptiveOutcomes(variants, samples, boots);
  return { directory: path, runId, boots, samples, findings, adaptive, unavailable, interrupted: signal.aborted };
}

/** Phases first: a sample that is on the disk has its phases there. */
function keep(
  files: { readonly samples: CsvFile<Sample>; readonly phases: CsvFile<PhaseOfSample> },
  samples: Sample[],
  sample: Sample,
  onProgress: RunRequest['onProgress'],
): void {
  files.phases.append(phaseRows([sample]));
  files.samples.append([sample]);
  samples.push(sample);
  onProgress({ kind: 'sample', sample });
}
