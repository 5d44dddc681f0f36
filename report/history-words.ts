import type { LevelChange, Regression, ShareRise } from '../harness/history/history.ts';
import { formatMs, formatRatio } from './format.ts';

/** Changes over many runs in words, for the terminal, the page and the exports. */

/** A regression for a reader: its first change, those since, and where that leaves the latency. */
export function regressionText({ later, beforeMs, nowMs, ...first }: Regression): string {
  if (later.length === 0) return changeText(first);
  const since = later.map(({ date, runId, ratio }) => `${formatRatio(ratio)} on ${day(date)} (${runId})`).join(', ');
  const verb = nowMs / beforeMs < first.ratio ? 'still' : 'now';
  return `${changeText(first)}; then ${since}: ${verb} ${formatRatio(nowMs / beforeMs)} the level before`;
}

/** A rise of failures for a reader: since when, and from which share to which. */
export function riseText({ date, runId, before, first, now }: ShareRise): string {
  const mended = now < first ? `, now ${percent(now)}` : '';
  return `since ${day(date)} (${runId}): ${percent(before)} → ${percent(first)} of its operations fail${mended}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}

/** A change for a reader: since when, how much, and in which phase. */
export function changeText({ date, runId, ratio, phase }: LevelChange): string {
  const where = phase ? `, ${phase.phase} ${formatMs(phase.beforeMs)} → ${formatMs(phase.afterMs)} ms` : '';
  return `since ${day(date)} (${runId}): ${formatRatio(ratio)}${where}`;
}

export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
