import type { PracticalThreshold } from '../statistics/comparison.ts';
import { leastRelativeChange } from '../statistics/verdict.ts';
import { type Acceptance, acceptedLevel, type Level } from './accepted-level.ts';
import type { LevelChange, Regression, Segment, Series } from './history.ts';
import type { NightPoint } from './night.ts';

interface ChangedLevel extends Level {
  /** With which it began; absent for the first one. */
  readonly change?: LevelChange;
}

/**
 * A series is a regression as long as its level is above the last accepted one by more than its scenario's threshold. A break
 * of the environment begins anew: what was before it is not compared with what is after.
 */
export function latencyAlarm(
  points: readonly NightPoint[],
  segments: readonly Segment[],
  threshold: PracticalThreshold,
  acceptances: readonly Acceptance[],
): Pick<Series, 'regression' | 'accepted'> {
  const levels = levelsSinceBreak(points, segments);
  const { index, baseline } = acceptedLevel(levels, acceptances);
  const regression = regressionFrom(levels, index, threshold);
  if (regression || baseline === undefined) return regression ? { regression } : {};
  const change = regressionFrom(levels, acceptedLevel(levels, []).index, threshold);
  return change ? { accepted: { change, baseline } } : {};
}

function levelsSinceBreak(points: readonly NightPoint[], segments: readonly Segment[]): readonly ChangedLevel[] {
  const first = segments.findLastIndex(({ beginning }) => beginning.kind !== 'change');
  return segments.slice(first).flatMap(({ start, medianMs, beginning }) => {
    const from = points[start]?.run.startedAt;
    if (medianMs === undefined || !from) return [];
    if (beginning.kind !== 'change') return [{ value: medianMs, from }];
    const { kind: _, ...change } = beginning;
    return [{ value: medianMs, from, change }];
  });
}

function regressionFrom(
  levels: readonly ChangedLevel[],
  accepted: number,
  threshold: PracticalThreshold,
): Regression | undefined {
  const beforeMs = levels[accepted]?.value;
  const nowMs = levels.at(-1)?.value;
  if (beforeMs === undefined || nowMs === undefined) return undefined;
  if (nowMs <= beforeMs * (1 + leastRelativeChange(threshold, beforeMs))) return undefined;
  const [first, ...later] = levels.slice(accepted + 1).flatMap(({ change }) => change ?? []);
  return first && { ...first, later, beforeMs, nowMs };
}
