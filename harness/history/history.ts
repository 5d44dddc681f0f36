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
  /** The change that makes this series a regression. */
  readonly regression?: LevelChange;
  /** A change that would make it one, if this baseline had not been saved after it. */
  readonly accepted?: { readonly change: LevelChange; readonly baseline: string };
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
