import type { Comparison } from '../../harness/statistics/comparison.ts';
import type { RunFiles } from '../model/run-files.ts';

/** A run to write in another format. */
export interface ExportedRun {
  readonly files: RunFiles;
  /** With a baseline; empty when there is none. */
  readonly comparisons: readonly Comparison[];
}

/** What came of it. */
export interface Exported {
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
  /** At least one run, in order of time. */
  readonly render: (runs: readonly ExportedRun[]) => Exported;
}

export type SummarisedOperation = RunFiles['summary']['operations'][number];

/** What an operation is told apart by. `device_id` is empty where the operation is done to one device only. */
export type OperationKey = Pick<SummarisedOperation, 'scenario' | 'variant' | 'operation' | 'device_id'>;

/** `plug`, or `plug disk2` where there are several devices. */
export function operationName({
  operation,
  device_id: deviceId,
}: Pick<OperationKey, 'operation' | 'device_id'>): string {
  return deviceId === '' ? operation : `${operation} ${deviceId}`;
}

/** The comparisons of an operation with the baseline: one, or none. */
export function comparisonsOf({ comparisons }: ExportedRun, key: OperationKey): readonly Comparison[] {
  return comparisons.filter(
    (one) =>
      one.scenario === key.scenario &&
      one.variant === key.variant &&
      one.operation === key.operation &&
      (one.deviceId ?? '') === key.device_id,
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
