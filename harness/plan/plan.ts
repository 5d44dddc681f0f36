import { createHash } from 'node:crypto';
import type { Choices } from './choose-variants.ts';
import type { ReadyVariant } from './ready-variant.ts';
import { type PlannedBoot, schedule } from './schedule.ts';
import { bootsOfShard, type Shard } from './shard.ts';

/** What a plan is made from. */
export interface PlanInputs {
  readonly scenarios: readonly { readonly name: string; readonly source: string }[];
  readonly choices: Choices;
  readonly seed: number;
  readonly toolVersion: string;
  /** The part that is asked for; absent for the whole. */
  readonly shard?: Shard;
}

/** The same for the same boots in the same order, on whichever host and in whichever folder. */
export function planHash({ scenarios, choices, seed, toolVersion }: PlanInputs): string {
  const texts = scenarios.map(({ name, source }) => [name, source]);
  const { filter = null, boots = null, cycles = null, accelerator = null, clock } = choices;
  const chosen = [filter, boots, cycles, accelerator, ...(clock ? [clock] : [])];
  return createHash('sha256')
    .update(JSON.stringify([toolVersion, seed, chosen, texts]))
    .digest('hex')
    .slice(0, 32);
}

/** The boots of the plan, or of the part that is asked for, in order; and what identifies the plan. */
export function planOf(
  ready: readonly Pick<ReadyVariant, 'variant'>[],
  inputs: PlanInputs,
): { readonly facts: PlanFacts; readonly boots: readonly PlannedBoot[] } {
  const { choices, seed, shard } = inputs;
  const whole = schedule(
    ready.map(({ variant }) => variant),
    seed,
  );
  const facts = { hash: planHash(inputs), boots: whole.length, choices };
  return shard ? { facts: { ...facts, shard }, boots: bootsOfShard(whole, shard) } : { facts, boots: whole };
}

/** The plan that a run carries out, or a part of it. */
export interface PlanFacts {
  /** Of everything that decides what is done in which order: two runs with the same are parts of one. */
  readonly hash: string;
  /** Boots of the whole plan. */
  readonly boots: number;
  /** Which part of it this run is, from 1; absent for the whole. */
  readonly shard?: Shard;
  /** The flags that changed what the scenario files say. */
  readonly choices: Choices;
}
