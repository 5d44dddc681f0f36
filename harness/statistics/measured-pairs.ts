import { UNATTRIBUTED } from '../timeline/phase.ts';
import type { Sample } from '../timeline/sample.ts';
import type {
  ComparedMetric,
  Conditions,
  MeasuredPair,
  MeasuredSide,
  PhaseDurations,
  PracticalThreshold,
} from './comparison.ts';
import { groupSamples, isGood, splitByBoot } from './groups.ts';

/** The samples of a run, and what they were measured under. */
export interface ComparedRun {
  readonly label: string;
  readonly samples: readonly Sample[];
  readonly conditionsOf: (scenario: string, variant: string) => Conditions;
}

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
    const side = (run: ComparedRun, own: readonly Sample[]) =>
      measuredSide(run.label, run.conditionsOf(metric.scenario, metric.variant), own);
    return {
      metric,
      base: side(base, samples),
      ...(other && { current: side(current, other.samples) }),
      threshold: thresholdOf(metric.scenario),
    };
  });
}

/**
 * Every variant of a run with the reference variant of its scenario. Variants differ on purpose, in their kernel, say; they
 * share their host and QEMU, so there are no conditions to compare.
 */
export function pairsWithReference(
  samples: readonly Sample[],
  references: ReadonlyMap<string, string>,
  thresholdOf: ThresholdOf,
): readonly MeasuredPair[] {
  const metrics = metricsOf(samples);
  return [...metrics.values()].flatMap(({ metric, samples: own }): MeasuredPair[] => {
    const reference = references.get(metric.scenario);
    if (reference === undefined || reference === metric.variant) return [];
    const base = metrics.get(keyOf({ ...metric, variant: reference }));
    if (!base) return [];
    return [
      {
        metric,
        base: measuredSide(reference, {}, base.samples),
        current: measuredSide(metric.variant, {}, own),
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

/** By device only where a variant plugs several kinds. A boot that was only saved for the others is none of them. */
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

/** `samples` are of one metric, measured, in order of execution. */
function measuredSide(label: string, conditions: Conditions, samples: readonly Sample[]): MeasuredSide {
  const boots = splitByBoot(samples);
  const good = splitByBoot(samples.filter(isGood));
  return {
    label,
    // A side with boots of two kinds is comparable with none that has one.
    conditions: { ...conditions, 'boot mode': [...new Set(samples.map(({ bootMode }) => bootMode))].join(' and ') },
    samples: samples.length,
    failures: samples.filter(({ expected }) => !expected).length,
    boots: boots.length,
    failedBoots: boots.filter((boot) => boot.some(({ expected }) => !expected)).length,
    latenciesMs: good.map((boot) => boot.map(({ latencyMs }) => latencyMs)),
    phases: phasesOf(good),
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
