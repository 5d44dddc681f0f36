import { max, median, min } from 'simple-statistics';
import type { OperationName } from '../timeline/recording.ts';
import type { Sample } from '../timeline/sample.ts';

/** Operations of one kind that began together in one boot. */
export interface Burst {
  readonly boot: number;
  readonly size: number;
  readonly latenciesMs: readonly number[];
  /** From the first command until the last device was done; absent when one of them failed. */
  readonly lastMs?: number;
}

/** All bursts of a variant and an operation. */
export interface BurstSummary {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  /** How many devices at once. */
  readonly size: number;
  readonly bursts: number;
  /** Bursts in which every device was done. */
  readonly complete: number;
  /** Medians in milliseconds; absent when nothing was complete. */
  readonly figures?: {
    /** Of all devices. */
    readonly perDeviceMs: number;
    readonly firstMs: number;
    readonly lastMs: number;
  };
}

/**
 * Operations that overlapped, put together; one that was alone is a burst of one. A plug during the boot overlaps with the
 * boot only, and is none.
 */
export function burstsOf(samples: readonly Sample[], operation: OperationName): readonly Burst[] {
  const own = samples.filter(
    (sample) => sample.operation === operation && sample.offsetMs === undefined && !sample.warmup,
  );
  const groups = new Map<string, Sample[]>();
  for (const sample of own) {
    // The sequence number tells two that were alone apart.
    const { boot, cycle, burst, sequence } = sample;
    const key = JSON.stringify([boot, cycle, burst ? `burst ${burst.first}` : `step ${sequence}`]);
    const group = groups.get(key) ?? [];
    group.push(sample);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => {
    const ends = group.flatMap(({ latencyMs, startMs }) => (latencyMs === undefined ? [] : [startMs + latencyMs]));
    const isComplete = ends.length === group.length;
    return {
      boot: group[0]?.boot ?? 0,
      size: group.length,
      latenciesMs: group.flatMap(({ latencyMs }) => latencyMs ?? []),
      ...(isComplete && { lastMs: max(ends) - min(group.map(({ startMs }) => startMs)) }),
    };
  });
}

/** A summary for each variant, operation and size of burst of more than one device, in the order of the variants. */
export function burstSummaries(
  variants: readonly { readonly scenario: string; readonly name: string }[],
  samples: readonly Sample[],
): readonly BurstSummary[] {
  return variants.flatMap(({ scenario, name: variant }) => {
    const own = samples.filter((sample) => sample.scenario === scenario && sample.variant === variant);
    return (['plug', 'unplug'] as const).flatMap((operation) => {
      const bursts = burstsOf(own, operation).filter(({ size }) => size > 1);
      const sizes = [...new Set(bursts.map(({ size }) => size))].toSorted((a, b) => a - b);
      return sizes.map((size) =>
        summaryOf(
          { scenario, variant, operation, size },
          bursts.filter((burst) => burst.size === size),
        ),
      );
    });
  });
}

function summaryOf(
  about: Pick<BurstSummary, 'scenario' | 'variant' | 'operation' | 'size'>,
  bursts: readonly Burst[],
): BurstSummary {
  const complete = bursts.filter(({ lastMs }) => lastMs !== undefined);
  const counts = { ...about, bursts: bursts.length, complete: complete.length };
  if (complete.length === 0) return counts;
  return {
    ...counts,
    figures: {
      perDeviceMs: median(complete.flatMap(({ latenciesMs }) => latenciesMs)),
      firstMs: median(complete.map(({ latenciesMs }) => min([...latenciesMs]))),
      lastMs: median(complete.flatMap(({ lastMs }) => lastMs ?? [])),
    },
  };
}
