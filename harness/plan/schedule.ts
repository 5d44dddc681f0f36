import { createHash } from 'node:crypto';
import { shuffle } from 'simple-statistics';
import { seededRandom } from '../statistics/seeded-random.ts';
import type { Variant } from '../variant.ts';

/** One VM life of one variant: the unit of independence in statistics. */
export interface PlannedBoot {
  readonly variant: Variant;
  /** Number of this boot among those of its variant, from 1. */
  readonly boot: number;
  /** For what is random in this boot: the same however the plan is split, stopped and gone on with. */
  readonly seed: number;
  /** For what is random among the boots of its variant: the same for all of them. */
  readonly variantSeed: number;
}

interface NamedBoot {
  readonly variant: { readonly scenario: string; readonly name: string };
  readonly boot: number;
}

/** Name of a boot's recording and of its folder under `logs`. Scenario and variant names are safe in file names. */
export function bootName({ variant, boot }: NamedBoot): string {
  return `${variant.scenario}.${variant.name}.${String(boot).padStart(3, '0')}`;
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
  const key = `${seed} ${variant.scenario} ${variant.name}`;
  return { variant, boot, seed: seedOf(`${key} ${boot}`), variantSeed: seedOf(key) };
}

function seedOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0);
}

/**
 * Where in a stretch of time a boot tries something, 0 to 1: the stretch has as many equal parts as the variant has boots, and
 * each boot a random place in a part of its own. Which part is shuffled, so that boots that come first, that run alone, or
 * that an interrupted run has got to, are spread over the stretch like all others.
 */
export function placeInStretch({ variant, boot, variantSeed }: PlannedBoot, random: () => number): number {
  const { boots } = variant.sampling;
  const parts = shuffle(
    Array.from({ length: boots }, (_, part) => part),
    seededRandom(variantSeed),
  );
  return ((parts[boot - 1] ?? 0) + random()) / boots;
}
