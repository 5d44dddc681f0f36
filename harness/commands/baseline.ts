import { dirname } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { baselineNameProblem, hostKey, saveBaseline } from '../history/baselines.ts';
import { type BaseRuns, compareRuns, compareSides, readMeasuredRun } from '../history/compare-runs.ts';
import { conditionsOfVariant } from '../history/run-conditions.ts';
import { type HostFingerprint, hostIdentity } from '../host/fingerprint.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { type RunComparison, writeRunComparison } from '../record/comparison-file.ts';
import type { MeasuredUnder } from '../record/conditions.ts';
import { writeFindings } from '../record/findings-files.ts';
import { hostNoiseTexts, wasBusy } from '../record/host-noise.ts';
import { readRunFile } from '../record/run-file.ts';
import { hostJson, variantJson } from '../record/run-json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { FinishedRun } from '../run/run.ts';
import { conditionDifferences } from '../statistics/conditions.ts';
import type { Refusal } from './compare-with-base.ts';
import { betweenRunsBeside, findBase } from './compare-with-base.ts';
import type { RunFlags } from './flags.ts';

/** What `--baseline`, `--require-baseline` and `--save-baseline` come to before anything is known of the guest. */
export interface BaselinePlan {
  readonly base?: BaseRuns;
  /** For the user, where there is no base although one was named. */
  readonly note?: string;
}

type BaselineFlags = Pick<RunFlags, 'baseline' | 'requireBaseline' | 'saveBaseline' | 'force'>;

/** Finds and reads the baseline. @param root folder of the run directories */
export async function planBaseline(flags: BaselineFlags, root: string): Promise<Result<BaselinePlan, Refusal>> {
  const { baseline, requireBaseline, saveBaseline: name } = flags;
  const problem = name === undefined ? undefined : baselineNameProblem(name);
  if (problem !== undefined) return fail({ message: `--save-baseline: ${problem}`, code: EXIT.usage });
  if (baseline === undefined) {
    if (!requireBaseline) return ok({});
    return fail({ message: '--require-baseline needs --baseline <name>: which one?', code: EXIT.usage });
  }
  const base = await findBase(baseline, root, hostKey(hostIdentity()));
  if (base.ok) return ok({ base: base.value });
  const { kind, message } = base.failure;
  if (kind === 'unusable') return fail({ message, code: EXIT.usage });
  if (requireBaseline) return fail({ message: `${message}. Nothing was measured.`, code: EXIT.noBaseline });
  return ok({ note: `nothing to compare with: ${message}` });
}

/**
 * What keeps every variant from being compared, once it is known what they will be run on; undefined when one can be. A
 * gate that cannot say anything is not one that says that all is well.
 */
export function whyNothingComparable(
  [base]: BaseRuns,
  host: HostFingerprint,
  ready: readonly ReadyVariant[],
  jobs: number,
): string | undefined {
  const run: MeasuredUnder = {
    host: hostJson(host),
    hosts: [],
    clock: 'real',
    jobs,
    variants: ready.map(variantJson),
  };
  const known = ready.filter(({ variant: { scenario, name } }) =>
    base.file.variants.some((one) => one.scenario === scenario && one.name === name),
  );
  if (known.length === 0) return `${base.label} has none of these variants`;
  const reasons = known.map(({ variant: { scenario, name } }) =>
    conditionDifferences(conditionsOfVariant(base.file, scenario, name), conditionsOfVariant(run, scenario, name)),
  );
  if (reasons.some((differences) => differences.length === 0)) return undefined;
  return `measured under other conditions than ${base.label}: ${[...new Set(reasons.flat())].join('; ')}`;
}

/** Compares a run that has ended, and stores what came of it in its directory. */
export async function compareFinished(
  { directory, runId, findings }: FinishedRun,
  base: BaseRuns,
  { force, detect }: Pick<RunFlags, 'force' | 'detect'>,
): Promise<Result<RunComparison, string>> {
  const current = readMeasuredRun(directory);
  if (!current.ok) return current;
  const betweenRunsOf = await betweenRunsBeside(dirname(directory), current.value.file);
  const comparison = compareRuns(base, current.value, {
    ...(force !== undefined && { force }),
    ...(detect !== undefined && { detect }),
    betweenRunsOf,
  });
  await writeRunComparison(directory, comparison);
  // Once more: the summary has the comparison, too.
  await writeFindings(directory, runId, findings);
  return ok(comparison);
}

/** Compares the two sides of a run that has ended, and stores what came of it in its directory. */
export async function compareFinishedSides(
  { directory, runId, findings }: FinishedRun,
  { detect }: Pick<RunFlags, 'detect'>,
): Promise<Result<RunComparison, string>> {
  const measured = readMeasuredRun(directory);
  if (!measured.ok) return measured;
  const comparison = compareSides(measured.value, detect === undefined ? {} : { detect });
  await writeRunComparison(directory, comparison);
  await writeFindings(directory, runId, findings);
  return ok(comparison);
}

/** Keeps a run as a baseline. Returns what to tell the user. */
export async function saveAsBaseline(finished: FinishedRun, name: string, { force }: BaselineFlags): Promise<string> {
  const failed =
    finished.samples.filter(({ expected }) => !expected).length +
    finished.boots.filter(({ failure }) => failure !== undefined).length;
  if (finished.interrupted) return `not saved as "${name}": the run was interrupted`;
  if (failed > 0 && !force)
    return `not saved as "${name}": ${failed} samples or boots failed; --force saves it all the same`;
  const stored = readRunFile(finished.directory);
  if (stored.ok && wasBusy(stored.value) && !force)
    return `not saved as "${name}": ${hostNoiseTexts(stored.value).join('; ')}. --force saves it all the same`;
  const saved = await saveBaseline(dirname(finished.directory), finished.directory, name);
  return saved.ok ? `saved as the baseline "${name}": ${saved.value.directory}` : `not saved: ${saved.failure}`;
}
