import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ok, type Result } from '../result.ts';
import { listBaselines } from './baselines.ts';
import { runDirectories } from './run-directories.ts';

/** Which run directories stay: the newest ones, or those younger than an age. */
export type Keep =
  | { readonly kind: 'newest'; readonly runs: number }
  | { readonly kind: 'younger'; readonly days: number };

/** What pruning would do to a folder. */
export interface PrunePlan {
  readonly remove: readonly string[];
  /** Run directories that stay. */
  readonly kept: number;
  /** Would go, but for what points at them. */
  readonly spared: readonly { readonly directory: string; readonly reason: string }[];
}

/** A run directory's name begins with its time: 20260131T235959Z-. */
const RUN_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Decides which run directories below `root` can go, the oldest first. A run directory is one that is named like one and
 * holds a `run.json`, however broken: nothing else is ever removed, and never what a baseline or `latest` leads to.
 */
export function planPrune(root: string, keep: Keep, now: Date): Result<PrunePlan, string> {
  const directories = runDirectories(root);
  if (!directories.ok) return directories;
  const runs = directories.value.filter((directory) => timeOf(directory) && existsSync(join(directory, 'run.json')));
  const old = keep.kind === 'newest' ? runs.slice(0, Math.max(0, runs.length - keep.runs)) : olderThan(runs, keep, now);
  const pointedAt = new Map<string, string>();
  for (const { name, directory } of listBaselines(root))
    protect(pointedAt, directory, `the baseline ${name} leads to it`);
  protect(pointedAt, join(root, 'latest'), 'latest leads to it');
  const spared = old.flatMap((directory) => {
    const reason = pointedAt.get(realpathSync(directory));
    return reason === undefined ? [] : [{ directory, reason }];
  });
  const remove = old.filter((directory) => !spared.some((one) => one.directory === directory));
  return ok({ remove, kept: runs.length - remove.length, spared });
}

function olderThan(
  runs: readonly string[],
  { days }: Extract<Keep, { kind: 'younger' }>,
  now: Date,
): readonly string[] {
  return runs.filter((directory) => (timeOf(directory)?.getTime() ?? Number.NaN) < now.getTime() - days * DAY_MS);
}

function timeOf(directory: string): Date | undefined {
  const match = RUN_NAME.exec(basename(directory));
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function protect(pointedAt: Map<string, string>, link: string, reason: string): void {
  try {
    pointedAt.set(realpathSync(link), reason);
  } catch {
    // A link that leads nowhere protects nothing.
  }
}

/** `90d` keeps days, `30` a number of runs; undefined for anything else. */
export function parseKeep(text: string): Keep | undefined {
  const match = /^(\d{1,6})(d?)$/.exec(text);
  if (!match) return undefined;
  const count = Number(match[1]);
  return match[2] === 'd' ? { kind: 'younger', days: count } : { kind: 'newest', runs: count };
}
