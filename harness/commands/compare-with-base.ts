import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findBaseline, hostKeyOf, listBaselines } from '../history/baselines.ts';
import { type BaseRuns, compareRuns, type MeasuredRun, readMeasuredRun } from '../history/compare-runs.ts';
import { betweenRunsBefore } from '../history/learnt-spread.ts';
import type { RunComparison } from '../record/comparison-file.ts';
import type { ManyRunsFile } from '../record/run-file.ts';
import { fail, ok, type Result } from '../result.ts';
import type { CompareOptions } from '../statistics/compare.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { BetweenRunsOf } from '../statistics/measured-pairs.ts';
import { listWords } from '../words.ts';
import { say } from './output.ts';

/** Why something is not done: the text for the user, and the exit code. */
export interface Refusal {
  readonly message: string;
  readonly code: ExitCode;
}

/** What a base makes of which the run is itself a part. */
interface WithItself {
  /** Refused; otherwise it is only said: a page or a file has more in it than the comparison. */
  readonly refusesItself?: boolean;
}

/** Compares a run directory with a baseline of the host it was made on, or with another run directory. */
export async function compareDirectory(
  given: string,
  directory: string,
  { refusesItself = false, ...options }: CompareOptions & WithItself,
): Promise<Result<RunComparison, Refusal>> {
  const path = await realpath(directory).catch(() => directory);
  const current = readMeasuredRun(path);
  if (!current.ok) return fail({ message: current.failure, code: EXIT.usage });
  const key = hostKeyOf(path);
  if (!key.ok) return fail({ message: key.failure, code: EXIT.usage });
  const base = await findBase(given, rootOf(path), key.value);
  if (base.ok) {
    const same = base.value.find(({ file }) => file.run_id === current.value.file.run_id);
    const problem = same && `${directory}: ${sameText(given, same)}`;
    if (problem !== undefined && refusesItself) return fail({ message: problem, code: EXIT.usage });
    if (problem !== undefined) say(problem);
    const betweenRunsOf = await betweenRunsBeside(rootOf(path), current.value.file);
    return ok(compareRuns(base.value, current.value, { ...options, betweenRunsOf }));
  }
  const { kind, message } = base.failure;
  return fail({ message, code: kind === 'absent' ? EXIT.noBaseline : EXIT.usage });
}

/**
 * What the runs of a folder say of how much runs differ. Where that is nothing because they cannot be read, the comparison rests on an
 * assumption that the user could replace.
 */
export async function betweenRunsBeside(root: string, current: ManyRunsFile): Promise<BetweenRunsOf> {
  const { betweenRunsOf, unread = [] } = await betweenRunsBefore(root, current);
  const [first] = unread;
  if (first) {
    const found = `${unread.length} in ${root} cannot be read, such as ${basename(first.directory)}: ${first.reason}`;
    say(`how much runs differ is not learnt from other run directories: ${found}`);
  }
  return betweenRunsOf;
}

function sameText(given: string, { file: { run_id: runId } }: MeasuredRun): string {
  return `"${given}" is this very run, ${runId}, or has it in it: a run says nothing about itself; name another base`;
}

/** The same for several run directories, each with the base on its own. */
export async function compareDirectories(
  given: string,
  directories: readonly string[],
  options: CompareOptions,
): Promise<Result<readonly Comparison[], Refusal>> {
  const all: Comparison[] = [];
  for (const directory of directories) {
    const compared = await compareDirectory(given, directory, options);
    if (!compared.ok) return compared;
    all.push(...compared.value.comparisons);
  }
  return ok(all);
}

/** Why there is nothing to compare with. */
export interface NoBase {
  /** `absent`: there is no such thing, and may be one tomorrow. `unusable`: it is there, and no figure of it can be believed. */
  readonly kind: 'absent' | 'unusable';
  readonly message: string;
}

/**
 * What a run is to be compared with: the baseline of that name and of that host, or else the run directory at that path; or
 * several of them with a comma between, which together are one base.
 *
 * @param root folder of run directories, in which the baselines are
 */
export async function findBase(given: string, root: string, hostKey: string): Promise<Result<BaseRuns, NoBase>> {
  const parts = existsSync(given) ? [given] : given.split(',');
  const runs: MeasuredRun[] = [];
  for (const part of parts) {
    const baseline = findBaseline(root, hostKey, part);
    if (!baseline && !existsSync(part)) return fail({ kind: 'absent', message: absentText(part, root, hostKey) });
    const read = readMeasuredRun(baseline?.directory ?? part, baseline?.name);
    if (!read.ok) return fail({ kind: 'unusable', message: read.failure });
    runs.push(read.value);
  }
  const [first, ...others] = runs as [MeasuredRun, ...MeasuredRun[]];
  const twice = others.find(
    ({ file }) => others.concat(first).filter((one) => one.file.run_id === file.run_id).length > 1,
  );
  if (twice) return fail({ kind: 'unusable', message: `${twice.label} is named twice: it would count as two runs` });
  return ok([first, ...others]);
}

/** The folder that a run directory is in; for a baseline that of the runs it is one of. */
export function rootOf(runDirectory: string): string {
  const parent = dirname(resolve(runDirectory));
  const above = dirname(parent);
  return basename(above) === 'baselines' ? dirname(above) : parent;
}

function absentText(given: string, root: string, hostKey: string): string {
  const baselines = listBaselines(root);
  const own = baselines.filter((one) => one.hostKey === hostKey).map(({ name }) => name);
  const elsewhere = baselines.filter(({ name }) => name === given).map((one) => one.hostKey);
  const hints = [
    ...(own.length > 0 ? [`this host (${hostKey}) has ${listWords(own, 'and')}`] : []),
    ...(elsewhere.length > 0 ? [`${listWords(elsewhere, 'and')} has it`] : []),
  ];
  const what = `there is no baseline "${given}" of this host in ${root}, and no run directory of that name`;
  return [what, ...hints, `"--save-baseline <name>" makes one`].join('; ');
}
