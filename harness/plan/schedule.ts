import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { shuffle } from 'simple-statistics';
import type { Variant } from '../scenario/variant.ts';

/** One fresh VM of one variant: the unit of independence in statistics. */
export interface PlannedBoot {
  readonly variant: Variant;
  /** Number of this boot among those of its variant, from 1. */
  readonly boot: number;
}

/**
 * Random numbers in [0, 1) that are the same for the same seed, everywhere. A Mersenne twister, because its set-up mixes
 * the seed well: with xoroshiro128+ the first numbers of seeds 0 to 50 were nearly alike, and so were the orders.
 */
export function seededRandom(seed: number): () => number {
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
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
    return shuffle([...due], random).map((variant) => ({ variant, boot: round + 1 }));
  }).flat();
}
