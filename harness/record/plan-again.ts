import { resolve } from 'node:path';
import { chooseVariants } from '../plan/choose-variants.ts';
import { planHash, planOf } from '../plan/plan.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import { fail, ok, type Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { formatProblem } from '../scenario/yaml/problem.ts';
import type { Scenario } from '../variant.ts';
import type { StoredPlan } from './stored-plan.ts';

/** A plan, made once more from what a run has stored. */
export interface PlanAgain {
  readonly scenarios: readonly Scenario[];
  /** Of the run's own part, in order. */
  readonly boots: readonly PlannedBoot[];
  /** As it is now; another than the stored one where the tool, or the stored text, has changed. */
  readonly hash: string;
}

/**
 * Plans what a stored run had planned. Pure: the scenario files themselves are not read again.
 *
 * @param toolVersion of the tool that the plan is to be one of
 */
export function planAgain(stored: StoredPlan, toolVersion: string): Result<PlanAgain, string> {
  const scenarios: Scenario[] = [];
  for (const { name, file, source } of stored.scenarios) {
    const parsed = parseScenario(resolve(stored.working_directory, file), source);
    if (!parsed.ok) {
      const problems = parsed.failure.map(formatProblem).join('\n');
      return fail(`${stored.directory}: the stored text of scenario ${name} is not sound:\n${problems}`);
    }
    scenarios.push({ ...parsed.value, file });
  }
  const { choices, shard } = stored.plan;
  const chosen = chooseVariants(scenarios, choices);
  if (!chosen.ok) return fail(`${stored.directory}: ${chosen.failure}`);
  const variants = chosen.value.flatMap((scenario) => scenario.variants.map((variant) => ({ variant })));
  const inputs = { scenarios: chosen.value, choices, seed: stored.seed, toolVersion };
  const { boots } = planOf(variants, shard == null ? inputs : { ...inputs, shard });
  return ok({ scenarios: chosen.value, boots, hash: planHash(inputs) });
}
