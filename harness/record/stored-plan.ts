import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chooseVariants } from '../plan/choose-variants.ts';
import { planHash, planOf } from '../plan/plan.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import { fail, ok, type Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { problemsText } from '../scenario/yaml/problem.ts';
import type { Scenario } from '../variant.ts';
import { parseRunFile, RUN_FILE, type RunFile } from './run-file.ts';
import { readStoredJson, type Unreadable } from './stored-json.ts';

/** A run as its `run.json` describes it, by which it can be gone on with, or put together with others. */
export interface StoredPlan extends RunFile {
  readonly plan: NonNullable<RunFile['plan']>;
  readonly seed: number;
  readonly working_directory: string;
  /** Path of the run directory, without links. */
  readonly directory: string;
  /** The whole of `run.json`, for one that is made from it. */
  readonly all: Readonly<Record<string, unknown>>;
}

/** Reads a run's `run.json`. The failure names the directory and says what to do. */
export async function readStoredPlan(given: string): Promise<Result<StoredPlan, string>> {
  const isDirectory = await stat(given).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isDirectory) return fail(`${given}: there is no such directory; a run directory was expected`);
  const directory = await realpath(given);
  const stored = readStoredJson(directory, RUN_FILE);
  if (!stored.ok) return fail(whyUnread(given, stored.failure));
  const read = parseRunFile(stored.value);
  if (!read.ok) return fail(`${given}: ${read.failure.reason}`);
  const { plan, seed, working_directory: workingDirectory } = read.value;
  if (!plan || typeof seed !== 'number' || workingDirectory === undefined)
    return fail(
      `${join(given, RUN_FILE)}: it does not say what was planned, as older versions' do not: there is no plan in it`,
    );
  const all = stored.value as Readonly<Record<string, unknown>>;
  return ok({ ...read.value, plan, seed, working_directory: workingDirectory, directory, all });
}

function whyUnread(given: string, { kind, reason }: Unreadable): string {
  if (kind === 'broken') return `${join(given, RUN_FILE)}: this is not JSON`;
  if (kind === 'other') return `${given}: ${reason}`;
  return `${given}: there is no run.json in it. If it is a run directory, its run was stopped before it began: start it anew.`;
}

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
      const problems = problemsText(parsed.failure);
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
