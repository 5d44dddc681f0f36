import { median } from 'simple-statistics';
import type { Variant } from '../scenario/variant.ts';
import { type PhaseKind, UNATTRIBUTED } from '../timeline/phase.ts';
import { OPERATIONS, type OperationName } from '../timeline/recording.ts';
import type { Sample } from '../timeline/sample.ts';

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
  /** Measured samples that were `ok`. */
  readonly samples: number;
  /** Median latency, in milliseconds. Medians of phases need not add up to it, but nearly do. */
  readonly latencyMs: number;
  /** In order of time. */
  readonly phases: readonly PhaseSummary[];
  /** Median share of what no phase explains in the time that is not a fixed wait, 0 to 1. */
  readonly unattributedShare: number;
}

/** One entry per variant and operation with a sample that was `ok`, in the order of `variants`. */
export function waterfalls(
  variants: readonly Pick<Variant, 'scenario' | 'name'>[],
  samples: readonly Sample[],
): readonly Waterfall[] {
  return variants.flatMap((variant) =>
    OPERATIONS.flatMap((operation) => {
      const own = samples.filter(
        (s) =>
          s.scenario === variant.scenario &&
          s.variant === variant.name &&
          s.operation === operation &&
          s.latencyMs !== undefined &&
          !s.warmup,
      );
      return own.length === 0 ? [] : [waterfall(variant, operation, own)];
    }),
  );
}

function waterfall(
  { scenario, name }: Pick<Variant, 'scenario' | 'name'>,
  operation: OperationName,
  samples: readonly Sample[],
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
    samples: samples.length,
    latencyMs: median(samples.map(({ latencyMs }) => latencyMs ?? 0)),
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
