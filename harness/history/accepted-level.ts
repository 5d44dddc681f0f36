import type { SeriesIdentity } from './night.ts';

/** A baseline accepts the level at which its host ran its variants. */
export interface Acceptance {
  readonly baseline: string;
  readonly host: string;
  readonly variants: readonly Pick<SeriesIdentity, 'scenario' | 'variant' | 'accelerator' | 'clock' | 'bootMode'>[];
  /** When its run started. */
  readonly startedAt: Date;
}

/** A stretch of nights at one level. */
export interface Level {
  /** Higher is worse. */
  readonly value: number;
  /** Its first night. */
  readonly from: Date;
}

export interface AcceptedLevel {
  readonly index: number;
  /** The baseline that accepted it; absent where nobody had to. */
  readonly baseline?: string;
}

/** Those that are of this series. */
export function acceptancesOf(series: SeriesIdentity, acceptances: readonly Acceptance[]): readonly Acceptance[] {
  return acceptances.filter(
    ({ host, variants }) =>
      host === series.host &&
      variants.some(
        ({ scenario, variant, accelerator, clock, bootMode }) =>
          scenario === series.scenario &&
          variant === series.variant &&
          accelerator === series.accelerator &&
          clock === series.clock &&
          bootMode === series.bootMode,
      ),
  );
}

/**
 * The level that the newest is to be held against: the first one, or a later one that is better, which nobody has to accept,
 * or one at which a baseline was saved, with which a person has said that it is the level from now on. A recovery that ends
 * above it accepts nothing, and several small rises add up.
 */
export function acceptedLevel(levels: readonly Level[], acceptances: readonly Acceptance[]): AcceptedLevel {
  let accepted: AcceptedLevel = { index: 0 };
  for (const [index, { value, from }] of levels.entries()) {
    const until = levels[index + 1]?.from;
    const by = acceptances.find(({ startedAt }) => startedAt >= from && (until === undefined || startedAt < until));
    if (by) accepted = { index, baseline: by.baseline };
    else if (value < (levels[accepted.index]?.value ?? 0)) accepted = { index };
  }
  return accepted;
}
