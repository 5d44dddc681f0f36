import type { Sample } from '../timeline/sample.ts';

/**
 * Samples with the same key measure the same thing and may be put into one figure; with different keys, never. Warm-up
 * samples belong to none.
 */
export function groupKey(sample: Sample): string {
  const { scenario, variant, operation, bootMode } = sample;
  return JSON.stringify([scenario, variant, operation, bootMode]);
}

/** Measured samples in groups, each in order of execution. */
export function groupSamples(samples: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  const measured = samples.filter(({ warmup }) => !warmup).toSorted((a, b) => a.order - b.order);
  return groupBy(measured, groupKey);
}

/** As `Map.groupBy`, which Node has from version 21 on. Groups are in the order of their first items. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** A sample that has a latency. */
export type GoodSample = Sample & { readonly latencyMs: number };

export function isGood(sample: Sample): sample is GoodSample {
  return sample.latencyMs !== undefined;
}

/** The samples boot by boot, in the order given: boots by their first sample. */
export function splitByBoot<Own extends Sample>(samples: readonly Own[]): readonly (readonly Own[])[] {
  return [...groupBy(samples, ({ boot }) => String(boot)).values()];
}
