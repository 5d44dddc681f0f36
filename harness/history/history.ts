import type { NightPoint, SeriesIdentity } from './night.ts';
import type { SkippedDirectory } from './run-directories.ts';

/** All runs of a folder as series over time: what `bench history` prints, and what a report draws. */
export interface History {
  readonly directory: string;
  /** Runs that were read. */
  readonly runs: number;
  readonly skipped: readonly SkippedDirectory[];
  /** In the order in which they first appear. */
  readonly series: readonly Series[];
}

/** The latency of one operation of one variant over time, on one host under one accelerator. */
export interface Series extends SeriesIdentity {
  /** In order of time. */
  readonly points: readonly NightPoint[];
  /** Stretches of one level, which together cover all points. */
  readonly segments: readonly Segment[];
  /** Whether it is still measured: in one of the newest runs of its scenario on its host, and within a month. */
  readonly current: boolean;
  /** Why this series is a regression: its level is above the last accepted one. */
  readonly regression?: Regression;
  /** What would make it one, if this baseline had not been saved after it. */
  readonly accepted?: { readonly change: Regression; readonly baseline: string };
  /** More of its operations fail than at the last accepted level. */
  readonly failing?: ShareRise;
  /** What would be said of its failures, if this baseline had not been saved after they began. */
  readonly acceptedFailing?: { readonly rise: ShareRise; readonly baseline: string };
}

/** Whether somebody has to hear of a series: `bench history` then exits with 1. */
export function isAlarm({ regression, failing }: Pick<Series, 'regression' | 'failing'>): boolean {
  return regression !== undefined || failing !== undefined;
}

/** Points between two breaks or changes. */
export interface Segment {
  /** Indices into the series' points; `end` is the first after it. */
  readonly start: number;
  readonly end: number;
  readonly beginning: SegmentBeginning;
  /** Median of the nightly medians, in milliseconds; absent when nothing was `ok`. */
  readonly medianMs?: number;
  /** Medians of the phases, in milliseconds, in the order of the first night that has them. */
  readonly phases: readonly { readonly phase: string; readonly durationMs: number }[];
}

/** Why a segment begins: the series does, its surroundings have changed, or its level. */
export type SegmentBeginning =
  | { readonly kind: 'first' }
  | { readonly kind: 'environment'; readonly changes: readonly EnvironmentChange[] }
  | ({ readonly kind: 'change' } & LevelChange);

/** An annotated break: never a regression. */
export interface EnvironmentChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** The night from which on the latency is another, although nothing around it has changed. */
export interface LevelChange {
  readonly runId: string;
  readonly date: Date;
  /** Latency after over latency before. */
  readonly ratio: number;
  readonly pValue: number;
  /** The phase that moved most in the direction of the change, medians in milliseconds; absent where none is known. */
  readonly phase?: { readonly phase: string; readonly beforeMs: number; readonly afterMs: number };
}

/** The first change of level that nobody has accepted, and what has come of it. */
export interface Regression extends LevelChange {
  /** Changes since: a recovery, say, that ends above the accepted level. */
  readonly later: readonly LevelChange[];
  /** The last accepted level and the one now, in milliseconds. */
  readonly beforeMs: number;
  readonly nowMs: number;
}

/** The night from which on more of a series' operations fail. Shares of its boots, from 0 to 1. */
export interface ShareRise {
  readonly runId: string;
  readonly date: Date;
  /** At the last accepted level. */
  readonly before: number;
  /** At the level that began on that night. */
  readonly first: number;
  /** Of the newest level, which is another where some of it was mended. */
  readonly now: number;
}
