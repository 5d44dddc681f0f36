import { wantedBy } from '../plan/choose-variants.ts';
import type { RunComparison } from '../record/comparison-file.ts';
import { hostNoiseTexts, wasBusy } from '../record/host-noise.ts';
import { readSamples } from '../record/phases-csv.ts';
import { type RunFile, readRunFile, thresholdsOf } from '../record/run-file.ts';
import { fail, ok, type Result } from '../result.ts';
import { SIDE_ENDINGS } from '../scenario/two-sides.ts';
import { ASSUMED_BETWEEN_RUNS, learnBetweenRuns } from '../statistics/between-runs.ts';
import { type CompareOptions, compareAll } from '../statistics/compare.ts';
import {
  type ComparedMetric,
  type Comparison,
  DEFAULT_DETECT,
  DEFAULT_THRESHOLD,
  isUndecided,
  type MeasuredPair,
} from '../statistics/comparison.ts';
import { groupBy } from '../statistics/groups.ts';
import { type BetweenRunsOf, labelOfSeveral, pairsAcrossRuns, pairsWithinRun } from '../statistics/measured-pairs.ts';
import { judgeWork } from '../statistics/virtual-gate.ts';
import { withWorkVerdict } from '../statistics/virtual-verdict.ts';
import { workKey } from '../statistics/work-durations.ts';
import type { Sample } from '../vocabulary.ts';
import { whyUnfinished } from './finished-run.ts';
import { conditionsOfVariant, configurationDifferences, hostDifferences } from './run-conditions.ts';
import { limitsOfVariant } from './run-limits.ts';

/** A run directory, read to be compared. */
export interface MeasuredRun {
  /** A baseline's name, or the run's id. */
  readonly label: string;
  readonly file: RunFile;
  readonly samples: readonly Sample[];
}

/**
 * Reads a run directory whole. The failure is a text for the user: of a run that is half written, a part of one, or of
 * another version, no figure can be believed.
 */
export function readMeasuredRun(directory: string, label?: string): Result<MeasuredRun, string> {
  const because = (reason: string) => fail(`${directory} cannot be compared: ${reason}`);
  const read = readRunFile(directory);
  if (!read.ok) return because(read.failure.reason);
  const file = read.value;
  const unfinished = whyUnfinished(file);
  if (unfinished !== undefined) return because(unfinished);
  const samples = readSamples(directory, file);
  if (!samples.ok) return because(samples.failure);
  return ok({ label: label ?? file.run_id, file, samples: samples.value });
}

/** What a run is compared with: one run or several of the same thing. */
export type BaseRuns = readonly [MeasuredRun, ...MeasuredRun[]];

export interface CompareRunsOptions extends CompareOptions {
  /** What runs of a metric differ by; absent: nothing is known of this host. */
  readonly betweenRunsOf?: BetweenRunsOf;
}

/** Compares what the base has and the current run was asked for, by the thresholds of the current run's scenarios. */
export function compareRuns(
  bases: BaseRuns,
  current: MeasuredRun,
  { betweenRunsOf = () => ASSUMED_BETWEEN_RUNS, ...options }: CompareRunsOptions = {},
): RunComparison {
  const [base] = bases;
  const thresholds = thresholdsOf([...base.file.scenarios, ...current.file.scenarios]);
  // Virtual time has nothing of the host in it.
  const isVirtual = ({ scenario, variant }: ComparedMetric) =>
    conditionsOfVariant(current.file, scenario, variant).clock === 'virtual';
  // What a filter left out on purpose is not missing.
  const isAskedFor = wantedBy(current.file.plan?.choices?.filter);
  const sideOf = ({ label, file, samples }: MeasuredRun) => ({
    label,
    samples: samples.filter(({ scenario, variant }) => isAskedFor({ scenario, name: variant })),
    conditionsOf: (scenario: string, variant: string) => conditionsOfVariant(file, scenario, variant),
    limitsOf: (scenario: string, variant: string) => limitsOfVariant(file, scenario, variant),
    // Who compares all the same has said so.
    isDisturbed: options.force !== true && wasBusy(file),
  });
  const pairs = pairsAcrossRuns(
    bases.map(sideOf),
    sideOf(current),
    (scenario) => thresholds.get(scenario) ?? DEFAULT_THRESHOLD,
    (metric) => (isVirtual(metric) ? undefined : betweenRunsOf(metric)),
  );
  const work = groupBy(
    judgeWork(
      bases.flatMap(({ samples }) => samples),
      current.samples,
      options.detect ?? DEFAULT_DETECT,
    ).verdicts,
    workKey,
  );
  return {
    base: { label: labelOfSeveral(bases), runId: base.file.run_id },
    current: { label: current.label, runId: current.file.run_id },
    forced: options.force ?? false,
    comparisons: compareAll(withSpreadOfBase(pairs), options)
      .map((comparison) => withWorkVerdict(comparison, work.get(workKey(comparison)) ?? []))
      .map((comparison) => withConfiguration(comparison, base, current)),
    added: addedOperations(base, current),
  };
}

/** Where nothing is known of the host, the runs of a base of several show how much they differ. */
function withSpreadOfBase(pairs: readonly MeasuredPair[]): readonly MeasuredPair[] {
  const learnt = learnBetweenRuns(
    pairs.map(({ base: { runLevels = [], latenciesMs } }) => ({
      stretches: [runLevels],
      boots: latenciesMs.length / Math.max(1, runLevels.length),
    })),
  );
  return pairs.map((pair, index) => {
    const known = learnt[index];
    return known && pair.betweenRuns?.runs === 0 ? { ...pair, betweenRuns: known } : pair;
  });
}

/** Compares the two sides of each variant of one run (`two-sides.ts`), whose boots are interleaved. */
export function compareSides({ file, samples }: MeasuredRun, options: CompareOptions = {}): RunComparison {
  const thresholds = thresholdsOf(file.scenarios);
  const { a, b } = SIDE_ENDINGS;
  const pairs = pairsWithinRun(
    samples,
    ({ variant }) => (variant.endsWith(b) ? variant.slice(0, -b.length) + a : undefined),
    (scenario) => thresholds.get(scenario) ?? DEFAULT_THRESHOLD,
    (scenario, variant) => limitsOfVariant(file, scenario, variant),
  );
  const side = { label: '', runId: file.run_id };
  return {
    base: { ...side, label: 'side a' },
    current: { ...side, label: 'side b' },
    forced: false,
    comparisons: compareAll(pairs, options),
    added: [],
  };
}

function withConfiguration(comparison: Comparison, base: MeasuredRun, current: MeasuredRun): Comparison {
  const { scenario, variant, warnings } = comparison;
  const changed = configurationDifferences(base.file, current.file, scenario, variant);
  const { tool: before } = base.file;
  const { tool: now } = current.file;
  const tools =
    before.version === now.version && before.commit === now.commit
      ? []
      : [`measured by hotplug-bench ${toolText(before)} and ${toolText(now)}`];
  const configuration = changed.map((difference) => `${scenario}/${variant} is configured otherwise: ${difference}`);
  // The guest's own clock stands still while it waits for its turn.
  const isVirtual = conditionsOfVariant(current.file, scenario, variant).clock === 'virtual';
  const busier = isVirtual ? [] : disturbances(base, current);
  const host = hostDifferences(base.file, current.file, scenario, variant).map(
    (difference) => `the host is not as it was: ${difference}`,
  );
  return { ...comparison, warnings: [...warnings, ...configuration, ...host, ...tools, ...busier] };
}

/** Where others have the CPUs, a guest waits for its turn, and everything in it seems slower. */
function disturbances(base: MeasuredRun, current: MeasuredRun): readonly string[] {
  const found = [base, current].flatMap(({ label, file }) =>
    hostNoiseTexts(file).map((text) => `the host was not quiet for ${label}: ${text}`),
  );
  return found.length > 0 ? found : busierHost(base, current);
}

/** Of a run of an earlier version no more is known than the load before it. */
function busierHost({ label, file: { host: before } }: MeasuredRun, { file: { host: now, noise } }: MeasuredRun) {
  if (noise) return [];
  const [loadBefore, load] = [before.load ?? 0, now.load ?? 0];
  if (load <= now.cores || load - loadBefore <= 1) return [];
  return [`the host was busy before this run (load ${load.toFixed(1)}, before ${label} ${loadBefore.toFixed(1)})`];
}

function toolText({ version, commit }: RunFile['tool']): string {
  return `${version} (${commit})`;
}

function addedOperations(base: MeasuredRun, current: MeasuredRun): RunComparison['added'] {
  const keyOf = ({ scenario, variant, operation }: Sample) => JSON.stringify([scenario, variant, operation]);
  const known = new Set(base.samples.map(keyOf));
  const added = new Map(current.samples.filter((sample) => !known.has(keyOf(sample))).map((one) => [keyOf(one), one]));
  return [...added.values()].map(({ scenario, variant, operation }) => ({ scenario, variant, operation }));
}

/** Whether anything of two runs could be compared. A gate that cannot say anything does not say that all is well. */
export function hasCompared(comparisons: readonly Pick<Comparison, 'verdict'>[]): boolean {
  return comparisons.some(({ verdict }) => verdict !== 'incomparable' && verdict !== 'missing');
}

/**
 * Whether a change of the size asked for could have been there without being found. What was not compared at all, because it is
 * missing or of other conditions, is no better than what was compared in vain.
 */
export function hasUndecided(comparisons: readonly Pick<Comparison, 'verdict'>[]): boolean {
  return comparisons.some(isUndecided);
}

/** Whether a night has to be looked at: something is slower, or fails more often. */
export function hasRegressed(comparisons: readonly Pick<Comparison, 'verdict'>[]): boolean {
  return comparisons.some(({ verdict }) => verdict === 'regressed' || verdict === 'failing');
}
