import { median } from 'simple-statistics';
import {
  type BootMode,
  type GoodSample,
  OPERATIONS,
  type OperationName,
  type PhaseKind,
  type Sample,
  UNATTRIBUTED,
  type VariantName,
} from '../vocabulary.ts';
import { groupSamples } from './groups.ts';

/** One phase over all measured samples of an operation of a variant. */
export interface PhaseSummary {
  readonly name: string;
  readonly kind: PhaseKind;
  /** Medians, in milliseconds. A sample without the phase counts as 0: the time is then in its neighbours. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** Where the time of one operation of one variant goes. */
export interface Waterfall {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  readonly device?: string;
  readonly bootMode: BootMode;
  /** Measured samples that were `ok`. */
  readonly samples: number;
  /** Median latency, in milliseconds. Medians of phases need not add up to it, but nearly do. */
  readonly latencyMs: number;
  /** In order of time. */
  readonly phases: readonly PhaseSummary[];
  /** Median share of what no phase explains in the time that is not a fixed wait, 0 to 1. */
  readonly unattributedShare: number;
}

/** One entry per variant, operation, kind of boot and device with a sample that was `ok`, in the order of `variants`. */
export function waterfalls(variants: readonly VariantName[], samples: readonly Sample[]): readonly Waterfall[] {
  const groups = groupSamples(samples).map((group) => ({
    ...group,
    samples: group.samples.filter((sample) => sample.outcome === 'ok'),
  }));
  return variants.flatMap((variant) =>
    OPERATIONS.flatMap((operation) =>
      groups
        .filter(
          ({ samples: [one] }) =>
            one?.scenario === variant.scenario && one.variant === variant.name && one.operation === operation,
        )
        .map(({ device, samples: own }) => waterfall(variant, operation, device, own)),
    ),
  );
}

function waterfall(
  { scenario, name }: VariantName,
  operation: OperationName,
  device: string | undefined,
  samples: readonly GoodSample[],
): Waterfall {
  const kinds = new Map(samples.flatMap(({ phases }) => phases.map((phase) => [phase.name, phase.kind] as const)));
  const phases = [...kinds].map(([phase, kind]) => ({
    name: phase,
    kind,
    startMs: median(samples.flatMap((s) => s.phases.find((p) => p.name === phase)?.startMs ?? [])),
    durationMs: median(samples.map((sample) => durationOf(sample, (p) => p.name === phase))),
  }));
  return {
    scenario,
    variant: name,
    operation,
    ...(device !== undefined && { device }),
    bootMode: samples[0]?.bootMode ?? 'fresh',
    samples: samples.length,
    latencyMs: median(samples.map(({ latencyMs }) => latencyMs)),
    phases: phases.toSorted((a, b) => a.startMs - b.startMs),
    unattributedShare: median(samples.map(unattributedShare)),
  };
}

function durationOf({ phases }: Sample, include: (phase: { name: string; kind: PhaseKind }) => boolean): number {
  return phases.filter(include).reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function unattributedShare(sample: Sample): number {
  const workMs = durationOf(sample, ({ kind }) => kind !== 'fixed-wait');
  return workMs === 0 ? 0 : durationOf(sample, ({ name }) => name === UNATTRIBUTED) / workMs;
}
