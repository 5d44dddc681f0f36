import { type OperationName, type Sample, UNATTRIBUTED } from '../vocabulary.ts';
import type {
  ComparedMetric,
  Conditions,
  MeasuredPair,
  MeasuredSide,
  PhaseDurations,
  PracticalThreshold,
} from './comparison.ts';
import { deadlineOf, type Limits, missesDeadline, timeoutOf } from './deadline.ts';
import { groupSamples, splitByBoot } from './groups.ts';

/** The samples of a run, and what they were measured under. */
export interface ComparedRun {
  readonly label: string;
  readonly samples: readonly Sample[];
  readonly conditionsOf: (scenario: string, variant: string) => Conditions;
  readonly limitsOf: LimitsOf;
}

/** What the operations of a variant have for their time; undefined for a variant that is not known. */
export type LimitsOf = (scenario: string, variant: string) => Limits | undefined;

/** What has to be exceeded in a scenario. */
export type ThresholdOf = (scenario: string) => PracticalThreshold;

/** Every metric of the base with the same metric of the current run, in the order in which the base measured them. */
export function pairsAcrossRuns(
  base: ComparedRun,
  current: ComparedRun,
  thresholdOf: ThresholdOf,
): readonly MeasuredPair[] {
  const others = metricsOf(current.samples);
  return [...metricsOf(base.samples)].map(([key, { metric, samples }]) => {
    const other = others.get(key);
    const { scenario, variant, operation } = metric;
    const limits = [base, current].map((run) => run.limitsOf(scenario, variant)) as [Limits?, Limits?];
    const [deadlineOfBase, deadlineOfCurrent] = commonDeadline(operation, limits);
    const side = (run: ComparedRun, own: readonly Sample[], deadline: Deadline | undefined) =>
      measuredSide(run.label, run.conditionsOf(scenario, variant), own, deadline);
    return {
      metric,
      base: side(base, samples, deadlineOfBase),
      ...(other && { current: side(current, other.samples, deadlineOfCurrent) }),
      threshold: thresholdOf(metric.scenario),
    };
  });
}

/**
 * Every variant of a run with the reference variant of its scenario. Variants differ on purpose, in their kernel, say;
 * they share their host and QEMU, so there are no conditions to compare but those that their samples name.
 */
export function pairsWithReference(
  samples: readonly Sample[],
  references: ReadonlyMap<string, string>,
  thresholdOf: ThresholdOf,
  limitsOf: LimitsOf,
): readonly MeasuredPair[] {
  const metrics = metricsOf(samples);
  return [...metrics.values()].flatMap(({ metric, samples: own }): MeasuredPair[] => {
    const reference = references.get(metric.scenario);
    if (reference === undefined || reference === metric.variant) return [];
    const base = metrics.get(keyOf({ ...metric, variant: reference }));
    if (!base) return [];
    const limits = [reference, metric.variant].map((variant) => limitsOf(metric.scenario, variant));
    const [deadlineOfBase, deadlineOfCurrent] = commonDeadline(metric.operation, limits as [Limits?, Limits?]);
    return [
      {
        metric,
        base: measuredSide(reference, {}, base.samples, deadlineOfBase),
        current: measuredSide(metric.variant, {}, own, deadlineOfCurrent),
        threshold: thresholdOf(metric.scenario),
      },
    ];
  });
}

interface Metric {
  readonly metric: ComparedMetric;
  /** Measured ones, in order of execution. */
  readonly samples: readonly Sample[];
}

/** By device only where a variant plugs several kinds. Boot 0, which only makes the snapshot from which the others start, is left out. */
function metricsOf(samples: readonly Sample[]): ReadonlyMap<string, Metric> {
  const groups = groupSamples(samples.filter(({ boot }) => boot > 0));
  return new Map(
    groups.map(({ device, samples: own }) => {
      const { scenario, variant, operation } = own[0] as Sample;
      const metric = { scenario, variant, operation, ...(device !== undefined && { deviceId: device }) };
      return [keyOf(metric), { metric, samples: own }];
    }),
  );
}

function keyOf({ scenario, variant, operation, deviceId }: ComparedMetric): string {
  return JSON.stringify([scenario, variant, operation, deviceId ?? '']);
}

/** What a side is judged by. */
interface Deadline {
  readonly limitMs: number;
  /** When the side gave up. */
  readonly timeoutMs: number | undefined;
}

/** The current side's deadline for both: another one changes what is asked of a machine, not what it does. */
function commonDeadline(
  operation: OperationName,
  [base, current]: readonly [base?: Limits, current?: Limits],
): readonly [base?: Deadline, current?: Deadline] {
  const limitMs = current && deadlineOf(current, operation);
  if (!base || !current || limitMs === undefined) return [];
  return [
    { limitMs, timeoutMs: timeoutOf(base, operation) },
    { limitMs, timeoutMs: timeoutOf(current, operation) },
  ];
}

/** `samples` are of one metric, measured, in order of execution. */
function measuredSide(
  label: string,
  conditions: Conditions,
  samples: readonly Sample[],
  deadline: Deadline | undefined,
): MeasuredSide {
  const boots = splitByBoot(samples);
  const good = splitByBoot(samples.filter((sample) => sample.outcome === 'ok'));
  // A side with samples of two kinds is comparable with none that has one.
  const kinds = (of: (sample: Sample) => string) => [...new Set(samples.map(of))].toSorted().join(' and ');
  return {
    label,
    conditions: { ...conditions, clock: kinds(({ clock }) => clock), 'boot mode': kinds(({ bootMode }) => bootMode) },
    samples: samples.length,
    failures: samples.filter(({ expected }) => !expected).length,
    boots: boots.length,
    failedBoots: boots.filter((boot) => boot.some(({ expected }) => !expected)).length,
    ...(deadline && { deadline: deadlineCounts(boots, deadline) }),
    latenciesMs: good.map((boot) => boot.map(({ latencyMs }) => latencyMs)),
    phases: phasesOf(good),
  };
}

function deadlineCounts(boots: readonly (readonly Sample[])[], { limitMs, timeoutMs }: Deadline) {
  const tried = boots
    .map((boot) => boot.flatMap((sample) => missesDeadline(sample, limitMs, timeoutMs) ?? []))
    .filter((boot) => boot.length > 0);
  return {
    limitMs,
    samples: tried.flat().length,
    missed: tried.flat().filter(Boolean).length,
    boots: tried.length,
    missedBoots: tried.filter((boot) => boot.some(Boolean)).length,
  };
}

/** What no phase explains is compared like a phase: it is where a change that no table knows shows. */
function phasesOf(boots: readonly (readonly Sample[])[]): readonly PhaseDurations[] {
  const names = new Set(boots.flatMap((boot) => boot.flatMap(({ phases }) => phases.map(({ name }) => name))));
  const ordered = [...names].toSorted((a, b) => Number(a === UNATTRIBUTED) - Number(b === UNATTRIBUTED));
  return ordered.map((phase) => ({
    phase,
    durationsMs: boots.map((boot) =>
      boot.map(({ phases }) => phases.reduce((sum, one) => (one.name === phase ? sum + one.durationMs : sum), 0)),
    ),
  }));
}
