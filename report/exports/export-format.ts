import type { History } from '../../harness/history/history.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import type { Sample } from '../../harness/vocabulary.ts';
import type { RunFiles } from '../model/run-files.ts';
import { operationName as nameOf } from '../words.ts';

/** A run to write in another format. */
export interface ExportedRun {
  readonly files: RunFiles;
  /** With a baseline; empty when there is none. */
  readonly comparisons: readonly Comparison[];
  /** Of the folder that the run is in; absent where nobody has asked for it. */
  readonly history?: History;
  /** With their phases; of formats that need them. */
  readonly samples?: readonly Sample[];
}

/** What came of it. */
interface Exported {
  readonly text: string;
  /** What the format could not hold, for the user. */
  readonly notes: readonly string[];
}

/** A format: pure, from what was read to text. */
export interface ExportFormat {
  readonly name: string;
  readonly description: string;
  /** Whether it can hold several runs. */
  readonly several: boolean;
  /** Whether it can say what the history has found. */
  readonly historical: boolean;
  /** Whether it tells every sample with its phases. */
  readonly needsPhases?: true;
  /** At least one run, in order of time. */
  readonly render: (runs: readonly ExportedRun[]) => Exported;
}

export type SummarisedOperation = RunFiles['summary']['operations'][number];

/**
 * What an operation is told apart by. `device_id` is empty where the operation is done to devices of one kind only. A
 * variant of restored guests has two kinds of boot: the one that was saved, and those that were restored.
 */
export type OperationKey = Pick<
  SummarisedOperation,
  'scenario' | 'variant' | 'operation' | 'device_id' | 'boot_mode' | 'clock'
>;

/** `plug`, `plug disk2` where there are devices of several kinds, `boot, restored`, `plug, virtual` on the guest's clock. */
export function operationName({
  operation,
  device_id: deviceId,
  boot_mode: bootMode,
  clock,
}: Omit<OperationKey, 'scenario' | 'variant'>): string {
  const name = nameOf({
    operation,
    ...(deviceId !== '' && { device: deviceId }),
    bootMode: bootMode === 'snapshot' ? 'snapshot' : 'fresh',
  });
  return clock === 'real' ? name : `${name}, ${clock}`;
}

/** The comparisons of an operation with the baseline: one, or none. */
export function comparisonsOf(run: ExportedRun, key: OperationKey): readonly Comparison[] {
  return comparisonsAbout(run, run.comparisons, key);
}

/** The comparisons of an operation with the same of the scenario's reference variant: one, or none. */
export function referenceComparisonsOf(run: ExportedRun, key: OperationKey): readonly Comparison[] {
  return comparisonsAbout(run, referenceComparisons(run), key);
}

/** Of each variant with the reference of its scenario. Variants differ on purpose: no verdict of these is an alarm. */
export function referenceComparisons({ files }: ExportedRun): readonly Comparison[] {
  return files.summary.comparisons.filter((comparison) => comparison.with === 'reference');
}

/** Comparisons with the baseline that are about no operation of the run: of what was not measured, or not summarised. */
export function comparisonsApart(run: ExportedRun): readonly Comparison[] {
  const attached = new Set(run.files.summary.operations.flatMap((operation) => comparisonsOf(run, operation)));
  return run.comparisons.filter((comparison) => !attached.has(comparison));
}

/** The operation that a comparison is about, named as in `operationName`. */
export function comparedName(run: ExportedRun, comparison: Comparison): string {
  const { boot_mode: bootMode, clock } = variantOf(run, comparison) ?? {};
  return operationName({
    operation: comparison.operation,
    device_id: comparison.deviceId ?? '',
    boot_mode: bootMode ?? 'fresh',
    clock: clock ?? 'real',
  });
}

/** Of a variant's two kinds of boot, the restored one is compared: the other was only saved for it. */
function comparisonsAbout(
  run: ExportedRun,
  comparisons: readonly Comparison[],
  key: OperationKey,
): readonly Comparison[] {
  const kinds = run.files.summary.operations.filter((operation) => isSameMetric(operation, key));
  const compared = variantOf(run, key)?.boot_mode ?? 'fresh';
  if (kinds.length > 1 && key.boot_mode !== compared) return [];
  return comparisons.filter((one) => isSameMetric({ ...one, device_id: one.deviceId ?? '' }, key));
}

type Metric = Omit<OperationKey, 'boot_mode' | 'clock'>;

function isSameMetric(one: Metric, other: Metric): boolean {
  return (
    one.scenario === other.scenario &&
    one.variant === other.variant &&
    one.operation === other.operation &&
    one.device_id === other.device_id
  );
}

/** The variant that an operation is of, as `run.json` describes it. */
export function variantOf(
  { files }: ExportedRun,
  { scenario, variant }: Pick<SummarisedOperation, 'scenario' | 'variant'>,
) {
  return files.run.variants.find((one) => one.scenario === scenario && one.name === variant);
}

/** Names of a run's scenarios that have results, in the order of the run. */
export function scenariosOf({ files, comparisons }: ExportedRun): readonly string[] {
  return [...new Set([...files.summary.operations, ...comparisons].map(({ scenario }) => scenario))];
}

/** A dotted name for tools that know a metric by its name alone. Restored guests and the virtual clock make series of their own, for everything that is done to them. */
export function metricName({
  scenario,
  variant,
  operation,
  device_id: device,
  boot_mode: mode,
  clock,
}: SummarisedOperation): string {
  const notes = [device, ...(mode === 'fresh' ? [] : [mode]), ...(clock === 'real' ? [] : [clock])];
  return [scenario, variant, operation, ...notes].filter((part) => part !== '').join('.');
}
