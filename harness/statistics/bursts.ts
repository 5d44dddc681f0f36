import { max, median, min } from 'simple-statistics';
import type { OperationName, Sample } from '../vocabulary.ts';
import { listWords } from '../words.ts';
import { groupBy } from './groups.ts';

/** Operations of one kind that began together in one boot. */
export interface Burst {
  readonly boot: number;
  readonly size: number;
  /** `nvme`, `nvme and virtio-net`: a burst is compared with those of the same kinds of devices only. */
  readonly devices: string;
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
  /** Of which kinds, where the variant has bursts of several. */
  readonly devices?: string;
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
 * Operations that were all under way at the same moment, put together; one that was alone is a burst of one. What overlaps
 * with two that follow each other, in another branch of a `parallel`, is together with the first of them only. A plug during
 * the boot overlaps with the boot only, and is none.
 */
export function burstsOf(samples: readonly Sample[], operation: OperationName): readonly Burst[] {
  const own = samples.filter(
    (sample) => sample.operation === operation && sample.offsetMs === undefined && !sample.warmup,
  );
  // The sequence number tells two that were alone apart.
  const chains = groupBy(own, ({ boot, cycle, burst, sequence }) =>
    JSON.stringify([boot, cycle, burst ? `burst ${burst.first}` : `step ${sequence}`]),
  );
  return [...chains.values()].flatMap(atOnce).map((group) => {
    const ends = group.flatMap(({ latencyMs, startMs }) => (latencyMs === undefined ? [] : [startMs + latencyMs]));
    const isComplete = ends.length === group.length;
    return {
      boot: group[0]?.boot ?? 0,
      size: group.length,
      devices: listWords([...new Set(group.map(({ device }) => device))].toSorted(), 'and'),
      latenciesMs: group.flatMap(({ latencyMs }) => latencyMs ?? []),
      ...(isComplete && { lastMs: max(ends) - min(group.map(({ startMs }) => startMs)) }),
    };
  });
}

/** A chain of operations, each of which overlaps with some other, cut where one begins after another has ended. */
function atOnce(chain: readonly Sample[]): readonly (readonly Sample[])[] {
  const groups: Sample[][] = [];
  let firstEnd = 0;
  for (const sample of chain.toSorted((a, b) => a.startMs - b.startMs)) {
    const { startMs, latencyMs = Number.POSITIVE_INFINITY } = sample;
    const group = groups.at(-1);
    const endMs = startMs + latencyMs;
    if (group && startMs < firstEnd) {
      group.push(sample);
      firstEnd = Math.min(firstEnd, endMs);
    } else {
      groups.push([sample]);
      firstEnd = endMs;
    }
  }
  return groups;
}

/** A summary for each variant, operation, kind and number of devices, from two on, in the order of the variants. */
export function burstSummaries(
  variants: readonly { readonly scenario: string; readonly name: string }[],
  samples: readonly Sample[],
): readonly BurstSummary[] {
  return variants.flatMap(({ scenario, name: variant }) => {
    const own = samples.filter((sample) => sample.scenario === scenario && sample.variant === variant);
    return (['plug', 'unplug'] as const).flatMap((operation) => {
      const bursts = burstsOf(own, operation).filter(({ size }) => size > 1);
      const alike = groupBy(
        bursts.toSorted((a, b) => a.size - b.size),
        ({ size, devices }) => JSON.stringify([size, devices]),
      );
      const hasSeveral = new Set(bursts.map(({ devices }) => devices)).size > 1;
      return [...alike.values()].map((own) => {
        const { size = 0, devices = '' } = own[0] ?? {};
        return summaryOf({ scenario, variant, operation, size, ...(hasSeveral && { devices }) }, own);
      });
    });
  });
}

function summaryOf(
  about: Pick<BurstSummary, 'scenario' | 'variant' | 'operation' | 'size' | 'devices'>,
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
