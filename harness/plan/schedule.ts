import { createHash } from 'node:crypto';
import { shuffle } from 'simple-statistics';
import type { Variant } from '../scenario/variant.ts';
import { seededRandom } from './seeded-random.ts';

/** One VM life of one variant: the unit of independence in statistics. */
export interface PlannedBoot {
  readonly variant: Variant;
  /** Number of this boot among those of its variant, from 1. */
  readonly boot: number;
  /** For what is random in this boot: the same however the plan is split, stopped and gone on with. */
  readonly seed: number;
}

/**
 * The order of boots: in rounds, each with one boot of every variant that has boots left, shuffled. Whatever drifts on
 * the host during the run (heat, cache, neighbours) then falls on all variants alike, which it would not if one variant
 * ran to its end before the next began: a randomised block design with time as the block.
 */
export function schedule(variants: readonly Variant[], seed: number): readonly PlannedBoot[] {
  const random = seededRandom(seed);
  const rounds = Math.max(0, ...variants.map((variant) => variant.sampling.boots));
  return Array.from({ length: rounds }, (_, round) => {
    const due = variants.filter((variant) => variant.sampling.boots > round);
    return shuffle([...due], random).map((variant) => plannedBoot(variant, round + 1, seed));
  }).flat();
}

export function plannedBoot(variant: Variant, boot: number, seed: number): PlannedBoot {
  const key = `${seed} ${variant.scenario} ${variant.name} ${boot}`;
  return { variant, boot, seed: createHash('sha256').update(key).digest().readUInt32BE(0) };
}
