import type { Moment, PhaseTable, QueueMoment } from '../drivers/phase-table.ts';
import { type Phase, type PhaseKind, UNATTRIBUTED } from '../vocabulary.ts';

/**
 * The phases of an operation that took from `startMs` to `endMs`. They follow each other without gap or overlap, so
 * they add up to its latency: a stretch that no row covers is a phase called `unattributed`.
 *
 * So is one in which a moment may have been lost, as that may have been its end. What is taken for its end may be the second
 * of its kind, so what follows is unattributed, too, until an edge that cannot be lost.
 */
export function phasesOf(
  table: PhaseTable,
  moments: readonly (Moment | QueueMoment)[],
  startMs: number,
  endMs: number,
): readonly Phase[] {
  const holes = moments.filter((moment) => moment.source === 'hole');
  const isOverHole = (fromMs: number, toMs: number) =>
    holes.some(({ atMs, untilMs }) => fromMs < untilMs && toMs > atMs);
  const inside = moments.filter(({ source, atMs }) => source !== 'hole' && atMs <= endMs);
  const clip = (atMs: number) => Math.min(Math.max(atMs, startMs), endMs);
  const phases: Phase[] = [];
  let cursorMs = startMs;
  let next = 0;
  let edgeLost = false;
  let isDoubtful = false;
  const cover = (name: string, kind: PhaseKind, untilMs: number) => {
    const before = phases.at(-1);
    // Two rows of one name in a row are one phase.
    const again = before?.name === name && before.kind === kind ? phases.pop() : undefined;
    const fromMs = again ? startMs + again.startMs : cursorMs;
    phases.push({ name, kind, startMs: fromMs - startMs, durationMs: untilMs - fromMs });
    cursorMs = untilMs;
  };
  for (const row of table) {
    const { begin, end } = row;
    const first = begin ? inside.findIndex((moment, index) => index >= next && begin(moment)) : next;
    const searchFrom = begin ? first + 1 : first;
    const last =
      end === 'operation-end' ? inside.length : inside.findIndex((moment, index) => index >= searchFrom && end(moment));
    if (first === -1 || last === -1) {
      edgeLost ||= row.required;
      continue;
    }
    const beginMs = begin ? clip(inside[first]?.atMs ?? cursorMs) : cursorMs;
    const endsMs = Math.max(last === inside.length ? endMs : clip(inside[last]?.atMs ?? endMs), cursorMs);
    if (begin && !begin.mayBeLost) isDoubtful = false;
    else isDoubtful ||= isOverHole(cursorMs, beginMs);
    if (beginMs > cursorMs) cover(UNATTRIBUTED, 'guest', beginMs);
    isDoubtful ||= isOverHole(cursorMs, endsMs);
    if (isDoubtful || (edgeLost && !begin)) cover(UNATTRIBUTED, 'guest', endsMs);
    else cover(row.name, row.kind, endsMs);
    edgeLost = false;
    if (end !== 'operation-end' && !end.mayBeLost) isDoubtful = false;
    // The moment that ends one row may be where the next looks for its own end.
    next = last;
  }
  if (cursorMs < endMs) cover(UNATTRIBUTED, 'guest', endMs);
  return phases;
}
