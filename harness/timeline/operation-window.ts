import { belongs } from './belongs.ts';
import { type Anchor, anchorOf, bursts } from './clock.ts';
import { type Loss, lossesIn } from './losses.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** One operation cut out of a recording, with what was seen before and after it. */
export interface OperationWindow {
  readonly operation: Operation;
  /** Events from `begin` to `end`, both included, without those of other operations; to the end for one cut off. */
  readonly events: readonly RecordedEvent[];
  /** The operations that overlap with this one, or with one of those. */
  readonly companions: readonly Operation[];
  /** Events between the operations before and the first of those that overlap with this one: echoes and a journal. */
  readonly gapBefore: readonly RecordedEvent[];
  /** Events after the last of those that overlap with this one, until the next operation: its own echoes and journal. */
  readonly gapAfter: readonly RecordedEvent[];
  /**
   * The guest's CLOCK_MONOTONIC tied to the host's clock, by the nearest burst of echoes: among the steps of parallel branches
   * there is none.
   */
  readonly clockBefore: Anchor | undefined;
  readonly clockAfter: Anchor | undefined;
  /**
   * What was lost from the beginning of the first of those that overlap with this one until the next operation; and of the
   * gap before, without holes in time, the messages that may have tied the clocks for it.
   */
  readonly losses: readonly Loss[];
}

/** Where an operation begins and ends: indices into the recording, `to` behind its last event. */
interface Span {
  readonly operation: Operation;
  readonly from: number;
  readonly to: number;
}

/** The recording cut at `begin` and `end`, in the order of the beginnings. `losses` are those of the recording. */
export function operationWindows(
  events: readonly RecordedEvent[],
  losses: readonly Loss[] = lossesIn(events),
): readonly OperationWindow[] {
  const groups = overlapping(spansOf(events));
  const gaps = gapsAround(groups, events);
  const anchors = gaps.map((gap) => bursts(gap).flatMap((burst) => anchorOf(burst) ?? []));
  return groups.flatMap((group, index) => {
    const [gapBefore = [], gapAfter = []] = gaps.slice(index, index + 2);
    const clockBefore = anchors
      .slice(0, index + 1)
      .flat()
      .at(-1);
    const clockAfter = anchors.slice(index + 1).flat()[0];
    const from = group[0]?.from ?? 0;
    const until = groups[index + 1]?.[0]?.from ?? events.length;
    const gapFrom = Math.max(0, ...(groups[index - 1] ?? []).map(({ to }) => to));
    const ofGapBefore = losses.flatMap(({ hole: _, ...loss }) =>
      loss.kind === 'agent-lines' && loss.at >= gapFrom && loss.at < from ? [loss] : [],
    );
    const own = [...ofGapBefore, ...losses.filter(({ at }) => at >= from && at < until)];
    return group.map((span) => ({
      operation: span.operation,
      events: events.slice(span.from, span.to).filter((event) => belongs(event, span.operation)),
      companions: group.filter((other) => other !== span).map(({ operation }) => operation),
      gapBefore,
      gapAfter,
      clockBefore,
      clockAfter,
      losses: own,
    }));
  });
}

function spansOf(events: readonly RecordedEvent[]): readonly Span[] {
  return events.flatMap((event, from) => {
    if (event.source !== 'harness' || event.event !== 'begin') return [];
    const { operation } = event;
    const end = events.findIndex(
      (other, at) => at > from && other.source === 'harness' && other.event === 'end' && belongs(other, operation),
    );
    return { operation, from, to: end === -1 ? events.length : end + 1 };
  });
}

/** What lies before each group, and behind the last. */
function gapsAround(
  groups: readonly (readonly Span[])[],
  events: readonly RecordedEvent[],
): readonly (readonly RecordedEvent[])[] {
  const ends = [0, ...groups.map((group) => Math.max(...group.map(({ to }) => to)))];
  return ends.map((end, index) => events.slice(end, groups[index]?.[0]?.from ?? events.length));
}

/** Spans in groups that follow each other without overlap. */
function overlapping(spans: readonly Span[]): readonly (readonly Span[])[] {
  const groups: Span[][] = [];
  let reach = 0;
  for (const span of spans) {
    const group = groups.at(-1);
    if (group && span.from < reach) group.push(span);
    else groups.push([span]);
    reach = Math.max(reach, span.to);
  }
  return groups;
}
