import { quantileSorted } from 'simple-statistics';
import type { Deadlines, Variant } from '../scenario/variant.ts';
import type { Outcome } from '../timeline/conclusion.ts';
import type { OperationName } from '../timeline/recording.ts';
import { OPERATIONS } from '../timeline/recording.ts';
import type { Sample } from '../timeline/sample.ts';

/** Latencies of one operation of one variant, in milliseconds. Only measured (not warm-up) samples that were `ok`. */
export interface LatencyQuantiles {
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** What the samples of one operation of one variant say. */
export interface OperationSummary {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  /** VM lives that gave at least one measured sample. */
  readonly boots: number;
  /** Measured samples, good or failed. */
  readonly samples: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly failures: number;
  /** Absent when no sample was `ok`: a failed operation is never a number. */
  readonly latency?: LatencyQuantiles;
  /** Ratio of medians to the scenario's reference variant. Absent for the reference and where either has no median. */
  readonly ratioToReference?: number;
  /** `ok` samples over the deadline, when the scenario sets one. */
  readonly deadline?: { readonly limitMs: number; readonly missed: number };
  /** What a reader has to know before believing the figures. */
  readonly warnings: readonly string[];
}

/**
 * Below this many boots, nothing about the spread between boots is known well: with 5, the range of the sample covers
 * the median with 94 % confidence (1 - 2 * 0.5^5), which is the first time a 95 % statement comes near.
 */
const FEW_BOOTS = 6;

export const TCG_WARNING = 'TCG: fixed waits and order hold, work in the guest is slower than under KVM';

/** What a summary needs to know of a variant. */
export type SummarisedVariant = Pick<Variant, 'scenario' | 'name' | 'deadlines'>;

/** One entry per variant and operation that has samples, in the order of `variants`. */
export function summarise(
  variants: readonly SummarisedVariant[],
  samples: readonly Sample[],
  reference: (scenario: string) => string | undefined,
): readonly OperationSummary[] {
  const summaries = variants.flatMap((variant) =>
    OPERATIONS.flatMap((operation) => {
      const own = samples.filter(
        (s) => s.scenario === variant.scenario && s.variant === variant.name && s.operation === operation && !s.warmup,
      );
      return own.length === 0 ? [] : [summariseOperation(variant, operation, own)];
    }),
  );
  return summaries.map((summary) => {
    const other = summaries.find(
      (s) =>
        s.scenario === summary.scenario &&
        s.variant === reference(summary.scenario) &&
        s.operation === summary.operation &&
        s.variant !== summary.variant,
    );
    if (!summary.latency || !other?.latency) return summary;
    return { ...summary, ratioToReference: summary.latency.p50Ms / other.latency.p50Ms };
  });
}

function summariseOperation(
  variant: SummarisedVariant,
  operation: OperationName,
  samples: readonly Sample[],
): OperationSummary {
  const latencies = samples.flatMap((s) => (s.latencyMs === undefined ? [] : [s.latencyMs]));
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of samples) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const boots = new Set(samples.map((s) => s.boot)).size;
  const limitMs = deadlineOf(variant.deadlines, operation);
  return {
    scenario: variant.scenario,
    variant: variant.name,
    operation,
    boots,
    samples: samples.length,
    outcomes,
    failures: samples.length - (outcomes.ok ?? 0),
    ...(latencies.length === 0 ? {} : { latency: quantiles(latencies) }),
    ...(limitMs === undefined ? {} : { deadline: { limitMs, missed: latencies.filter((ms) => ms > limitMs).length } }),
    warnings: warningsFor(samples, boots),
  };
}

function deadlineOf(deadlines: Deadlines, operation: OperationName): number | undefined {
  return { boot: deadlines.bootMs, plug: deadlines.plugMs, unplug: deadlines.unplugMs }[operation];
}

/** Quantiles interpolated between neighbours (Hyndman and Fan 1996, type 7), as R, NumPy and simple-statistics do by default. */
function quantiles(latencies: readonly number[]): LatencyQuantiles {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => quantileSorted(sorted, share);
  return { minMs: at(0), p50Ms: at(0.5), p90Ms: at(0.9), p95Ms: at(0.95), maxMs: at(1) };
}

function warningsFor(samples: readonly Sample[], boots: number): readonly string[] {
  const warnings: string[] = [];
  if (boots < FEW_BOOTS)
    warnings.push(`${boots} ${boots === 1 ? 'boot' : 'boots'}: quantiles are rough below ${FEW_BOOTS}`);
  if (samples.some((s) => s.accelerator === 'tcg')) warnings.push(TCG_WARNING);
  return warnings;
}
