import type { Sample } from '../vocabulary.ts';
import { deviceLabels } from './device-label.ts';

/** Samples that measure the same thing. */
export interface SampleGroup {
  /** What tells the devices apart, where the variant plugs several kinds. */
  readonly device: string | undefined;
  /** In order of execution; at least one. */
  readonly samples: readonly Sample[];
}

/**
 * Measured samples in groups: those of one group may be put into one figure, those of different ones never. A plug during
 * the boot belongs to none: how long it takes depends on when it was begun more than on anything else.
 */
export function groupSamples(samples: readonly Sample[]): readonly SampleGroup[] {
  const deviceOf = deviceLabels(samples);
  const measured = samples.filter(({ warmup, offsetMs }) => !warmup && offsetMs === undefined);
  const groups = groupBy(
    measured.toSorted((a, b) => a.order - b.order),
    (sample) => {
      const { scenario, variant, operation, bootMode, clock } = sample;
      return JSON.stringify([scenario, variant, operation, bootMode, clock, deviceOf(sample) ?? null]);
    },
  );
  return [...groups.values()].map((own) => ({ device: own[0] && deviceOf(own[0]), samples: own }));
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

/** The samples boot by boot, in the order given: boots by their first sample. */
export function splitByBoot<Own extends Sample>(samples: readonly Own[]): readonly (readonly Own[])[] {
  return [...groupBy(samples, ({ boot }) => String(boot)).values()];
}
