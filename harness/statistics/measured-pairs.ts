import { median } from 'simple-statistics';
import { type OperationName, type Sample, UNATTRIBUTED } from '../vocabulary.ts';
import type { BetweenRuns } from './between-runs.ts';
import type { ByBoot } from './by-boot.ts';
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
import { hasFailed, isTried } from './tried.ts';

/** The samples of a run, and what they were measured under. */
export interface ComparedRun {
  readonly label: string;
  readonly samples: readonly Sample[];
  readonly conditionsOf: (scenario: string, variant: string) => Conditions;
  readonly limitsOf: LimitsOf;
  /** Whether its host was busy with something else. */
  readonly isDisturbed?: boolean;
}

/** What the operations of a variant have for their time; undefined for a variant that is not known. */
export type LimitsOf = (scenario: string, variant: string) => Limits | undefined;

/** What has to be exceeded in a scenario. */
export type ThresholdOf = (scenario: string) => PracticalThreshold;

/** What runs of a metric differ by; undefined for one that is compared without, as on the virtual clock. */
export type BetweenRunsOf = (metric: ComparedMetric) => BetweenRuns | undefined;

/**
 * Every metric of the base with the same metric of the current run, in the order in which the base measured them. A base may
 * be several runs of the same thing: their boots are joined, and how many runs they are of is kept.
 */
export function pairsAcrossRuns(
  base: readonly ComparedRun[],
  current: ComparedRun,
  thresholdOf: ThresholdOf,
  betweenRunsOf: BetweenRunsOf,
): readonly MeasuredPair[] {
  const others = metricsOf(current.samples);
  const ofBase = base.map((run) => ({ run, metrics: metricsOf(run.samples) }));
  const keys = new Set(ofBase.flatMap(({ metrics }) => [...metrics.keys()]));
  return [...keys].flatMap((key): MeasuredPair[] => {
    const measured = ofBase.flatMap(({ run, metrics }) => {
      const own = metrics.get(key);
      return own ? [{ run, ...own }] : [];
    });
    const metric = measured[0]?.metric;
    if (!metric) return [];
    const other = others.get(key);
    const { scenario, variant, operation } = metric;
    const limitsOfCurrent = current.limitsOf(scenario, variant);
    const sides = measured.map(({ run, samples }) => {
      const [deadline] = commonDeadline(operation, [run.limitsOf(scenario, variant), limitsOfCurrent]);
      return measuredSide(run.label, run.conditionsOf(scenario, variant), samples, deadline);
    });
    const [, deadline] = commonDeadline(operation, [base[0]?.limitsOf(scenario, variant), limitsOfCurrent]);
    const betweenRuns = betweenRunsOf(metric);
    const busy = [...measured.map(({ run }) => run), current].filter(({ isDisturbed }) => isDisturbed);
    return [
      {
        metric,
        base: joinedSide(sides),
        ...(other && {
          current: measuredSide(current.label, current.conditionsOf(scenario, variant), other.samples, deadline),
        }),
        threshold: thresholdOf(scenario),
        ...(betweenRuns && { betweenRuns }),
        // Virtual time, which has nothing between runs, stands still while a guest waits.
        ...(betweenRuns && busy.length > 0 && { disturbed: busy.map(({ label }) => label) }),
      },
    ];
  });
}

/** `nightly and 4 more`. */
export function labelOfSeveral([first, ...rest]: readonly { readonly label: string }[]): string {
  return rest.length === 0 ? (first?.label ?? '') : `${first?.label} and ${rest.length} more`;
}

/** Several runs of one metric as one side. What differs between their conditions is named, and matches nothing. */
function joinedSide(sides: readonly MeasuredSide[]): MeasuredSide {
  const [first, ...rest] = sides as readonly [MeasuredSide, ...MeasuredSide[]];
  if (rest.length === 0) return first;
  const names = [...new Set(sides.flatMap(({ conditions }) => Object.keys(conditions)))];
  const values = (name: string) =>
    [...new Set(sides.map(({ conditions }) => conditions[name] ?? 'unknown'))].join(' and ');
  const phases = [...new Set(sides.flatMap((side) => side.phases.map(({ phase }) => phase)))];
  const durations = ({ phases: own, latenciesMs }: MeasuredSide, phase: string) =>
    own.find((one) => one.phase === phase)?.durationsMs ?? latenciesMs.map((boot) => boot.map(() => 0));
  const triedMs = sides.flatMap(({ deadline }) => deadline?.triedMs ?? []);
  return {
    label: labelOfSeveral(sides),
    conditions: Object.fromEntries(names.map((name) => [name, values(name)])),
    runs: sides.length,
    runLevels: sides.flatMap(({ latenciesMs }) =>
      latenciesMs.length === 0 ? [] : Math.log(median(latenciesMs.flat())),
    ),
    failed: sides.flatMap(({ failed }) => failed),
    notTried: sides.reduce((sum, { notTried }) => sum + notTried, 0),
    ...(first.deadline && { deadline: { limitMs: first.deadline.limitMs, triedMs } }),
    latenciesMs: sides.flatMap(({ latenciesMs }) => latenciesMs),
    phases: phases.map((phase) => ({ phase, durationsMs: sides.flatMap((side) => durations(side, phase)) })),
  };
}

/**
 * Every variant of a run with the one that it is compared with, if any. Variants differ on purpose, in their kernel, say;
 * they share their host and QEMU, so there are no conditions to compare but those that their samples name.
 */
export function pairsWithinRun(
  samples: readonly Sample[],
  baseVariantOf: (metric: ComparedMetric) => string | undefined,
  thresholdOf: ThresholdOf,
  limitsOf: LimitsOf,
): readonly MeasuredPair[] {
  const metrics = metricsOf(samples);
  return [...metrics.values()].flatMap(({ metric, samples: own }): MeasuredPair[] => {
    const reference = baseVariantOf(metric);
    if (reference === undefined || reference === metric.variant) return [];
    const base = metrics.get(keyOf({ ...metric, variant: reference }));
    if (!base) return [];
    const limits = [reference, metric.variant].map((variant) => limitsOf(metric.scenario, variant));
    const [deadlineOfBase, deadlineOfCurrent] = commonDeadline(
      metric.operation,
      limits as [Limits | undefined, Limits | undefined],
    );
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
  [base, current]: readonly [base: Limits | undefined, current: Limits | undefined],
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
  const tried = boots.map((boot) => boot.filter(isTried)).filter((boot) => boot.length > 0);
  return {
    label,
    conditions: { ...conditions, clock: kinds(({ clock }) => clock), 'boot mode': kinds(({ bootMode }) => bootMode) },
    runs: 1,
    failed: tried.map((boot) => ({ count: boot.filter(hasFailed).length, tried: boot.length })),
    notTried: samples.length - tried.flat().length,
    ...(deadline && { deadline: { limitMs: deadline.limitMs, triedMs: triedLatencies(boots, deadline) } }),
    latenciesMs: good.map((boot) => boot.map(({ latencyMs }) => latencyMs)),
    phases: phasesOf(good),
  };
}

function triedLatencies(boots: readonly (readonly Sample[])[], { limitMs, timeoutMs }: Deadline): ByBoot {
  return boots
    .map((boot) =>
      boot.flatMap((sample) =>
        missesDeadline(sample, limitMs, timeoutMs) === undefined ? [] : [sample.latencyMs ?? Number.POSITIVE_INFINITY],
      ),
    )
    .filter((boot) => boot.length > 0);
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
