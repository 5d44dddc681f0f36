import { type Choices, chooseVariants } from '../plan/choose-variants.ts';
import { type PlanFacts, planOf } from '../plan/plan.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import { fail, ok, type Result } from '../result.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { type TwoSides, twoSidedText } from '../scenario/two-sides.ts';
import { virtualRefusal } from '../scenario/virtual-conflicts.ts';
import { withSettings } from '../scenario/with-settings.ts';
import { problemsText } from '../scenario/yaml/problem.ts';
import { toolVersion } from '../tool-version.ts';
import type { Scenario } from '../variant.ts';
import type { RunFlags } from './flags.ts';
import { openStoppedRun, type StoppedRun } from './resume.ts';

/** A run that can be started, as far as that is known without the host: what to boot, in which order. */
export interface PlannedRun {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly plan: PlanFacts;
  /** What is to be done, in order. */
  readonly boots: readonly PlannedBoot[];
  /** Machines that are to run side by side. */
  readonly jobs: number;
  /** Present when a run is gone on with. */
  readonly stopped?: StoppedRun;
}

/** Scenario files and what the flags make of them. The failure is a text for the user. */
export async function planNewRun(
  files: readonly string[],
  flags: RunFlags,
  sides?: TwoSides,
): Promise<Result<PlannedRun, string>> {
  const { filter, boots: bootCount, cycles, accelerator, clock, shard } = flags;
  if (shard && flags.seed === undefined)
    return fail('--shard needs --seed <n>, the same for all parts: without it each would have a plan of its own');
  const { set } = flags;
  const rewritten = sides
    ? (file: string, source: string) => twoSidedText(file, source, sides)
    : set && ((_: string, source: string) => withSettings(source, set));
  const loaded = await loadScenarioFiles(files, rewritten);
  if (!loaded.ok) return fail(problemsText(loaded.failure));
  const choices: Choices = {
    ...(filter !== undefined && { filter }),
    ...(bootCount !== undefined && { boots: bootCount }),
    ...(cycles !== undefined && { cycles }),
    ...(accelerator !== undefined && { accelerator }),
    ...(clock !== undefined && { clock }),
  };
  const chosen = chooseVariants(loaded.value, choices);
  if (!chosen.ok) return chosen;
  const scenarios = chosen.value;
  const adaptive = scenarios.find((scenario) => scenario.variants.some(({ sampling }) => sampling.adaptive));
  if (shard && adaptive) {
    const why = 'a part does not know how precise the others are';
    return fail(
      `--shard: ${adaptive.name} adds boots until its medians are known well enough, and ${why}: add --boots <n>`,
    );
  }
  const refusal = virtualRefusal(scenarios, flags.jobs ?? 1);
  if (refusal !== undefined) return fail(refusal);
  const variants = scenarios.flatMap((scenario) => scenario.variants.map((variant) => ({ variant })));
  const seed = flags.seed ?? Date.now() % 2 ** 31;
  const inputs = { scenarios, choices, seed, toolVersion: toolVersion() };
  const { facts: plan, boots } = planOf(variants, shard ? { ...inputs, shard } : inputs);
  return ok({ scenarios, seed, plan, boots, jobs: flags.jobs ?? 1 });
}

/** What is left of a stopped run. The failure is a text for the user. */
export async function planRestOf(directory: string, flags: RunFlags): Promise<Result<PlannedRun, string>> {
  const opened = await openStoppedRun(directory, { force: flags.force ?? false });
  if (!opened.ok) return opened;
  const stopped = opened.value;
  const { plan, seed, jobs } = stopped.stored;
  const { shard, ...facts } = plan;
  const refusal = virtualRefusal(stopped.plan.scenarios, flags.jobs ?? jobs);
  if (refusal !== undefined) return fail(refusal);
  return ok({
    scenarios: stopped.plan.scenarios,
    seed,
    plan: shard ? { ...facts, shard } : facts,
    boots: stopped.found.left,
    jobs: flags.jobs ?? jobs,
    stopped,
  });
}
