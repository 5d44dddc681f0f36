import type { Variant } from '../variant.ts';
import { estimateBootMs } from './estimate.ts';
import type { PlannedBoot } from './schedule.ts';

/** A part of a plan: the `index`-th, from 1, of so many. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** As it is written on the command line: `2/3`. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Boots that have to be in the same shard. */
interface Unit {
  readonly boots: readonly PlannedBoot[];
  readonly ms: number;
}

/**
 * The boots of one shard, in the order of the plan. Each goes, the longest first, to the shard that has least to do
 * (Graham 1969, SIAM J. Appl. Math. 17: at the most a third longer than the best there is). It is the same on every host,
 * because nothing of the host is in the estimate. Boots that are restored from one saved guest stay together: each part
 * would otherwise have a saved guest of its own.
 */
export function bootsOfShard(
  boots: readonly PlannedBoot[],
  { index, of }: Shard,
  estimate: (variant: Variant) => number = estimateBootMs,
): readonly PlannedBoot[] {
  const loads = Array.from({ length: of }, () => 0);
  const own = new Set<PlannedBoot>();
  // toSorted() keeps the plan's order among those that take equally long.
  for (const unit of units(boots, estimate).toSorted((a, b) => b.ms - a.ms)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + unit.ms;
    if (least === index - 1) for (const boot of unit.boots) own.add(boot);
  }
  return boots.filter((boot) => own.has(boot));
}

function units(boots: readonly PlannedBoot[], estimate: (variant: Variant) => number): readonly Unit[] {
  const variants = [...new Set(boots.map(({ variant }) => variant))];
  const estimates = new Map(variants.map((variant) => [variant, estimate(variant)]));
  const seen = new Set<Variant>();
  return boots.flatMap((planned) => {
    const { variant } = planned;
    const ms = estimates.get(variant) ?? 0;
    if (variant.bootMode !== 'snapshot') return [{ boots: [planned], ms }];
    if (seen.has(variant)) return [];
    seen.add(variant);
    const together = boots.filter((other) => other.variant === variant);
    return [{ boots: together, ms: together.length * ms }];
  });
}
