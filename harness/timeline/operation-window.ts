import type { AgentMessage } from '../guest/protocol.ts';
import { START_COMMANDS, startCommand } from '../qemu/qmp-messages.ts';
import { type Anchor, anchorOf, bursts, hostTimeOf } from './clock.ts';
import { conclusionOf } from './conclusion.ts';
import { driverFailure } from './driver-failure.ts';
import { type Loss, lossesIn } from './losses.ts';
import type { Facts } from './outcome.ts';
import { belongs, isReset, isSent, type Operation, processStart, type RecordedEvent } from './recording.ts';
import { type Standstill, standstillsIn } from './standstill.ts';

/** One operation cut out of a recording, with what was seen before and after it. */
export interface OperationWindow {
  readonly operation: Operation;
  /** Events from `begin` to `end`, both included, without those of other operations; to the end for one cut off. */
  readonly events: readonly RecordedEvent[];
  /** The operations that overlap with this one, or with one of those. */
  readonly companions: readonly Operation[];
  /**
   * Events between the operations before and the first of those that overlap with this one: echoes and a journal. Where the
   * machine was reset in between, those since then; in `gapAfter`, those until then.
   */
  readonly gapBefore: readonly RecordedEvent[];
  /** Events after the last of those that overlap with this one, until the next operation: its own echoes and journal. */
  readonly gapAfter: readonly RecordedEvent[];
  /**
   * The guest's CLOCK_MONOTONIC tied to the host's clock, by the nearest burst of echoes: among the steps of parallel branches
   * there is none.
   */
  readonly clockBefore: Anchor | undefined;
  readonly clockAfter: Anchor | undefined;
  /** When the machine stood still in this recording. */
  readonly standstills: readonly Standstill[];
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
  const standstills = standstillsIn(events);
  const anchors = gaps.map((gap) => bursts(gap).flatMap((burst) => anchorOf(burst) ?? []));
  return groups.flatMap((group, index) => {
    const [before = [], after = []] = gaps.slice(index, index + 2);
    const gapBefore = before.slice(before.findLastIndex(isReset) + 1);
    const reset = after.findIndex(isReset);
    const gapAfter = reset === -1 ? after : after.slice(0, reset);
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
      standstills,
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

/** When an operation was begun. */
export interface Start {
  /**
   * On the recording's clock: when its command was written, or QEMU's process started for a device that is there from the
   * start; when the harness set to it, if that never came.
   */
  readonly startedAtMs: number;
  /** For a plug during the boot: when it was really begun, in milliseconds after `cont`. */
  readonly offsetMs?: number;
}

export function startOf({ operation, events }: OperationWindow): Start {
  const startedAtMs = (beginningOf(operation, events) ?? events[0])?.atMs ?? 0;
  const continued = events.find((event) => isSent(event, START_COMMANDS.boot));
  const isRace = operation.offsetMs !== undefined && continued !== undefined;
  return { startedAtMs, ...(isRace && { offsetMs: startedAtMs - continued.atMs }) };
}

/** What the events of an operation show, without what makes them doubtful. */
export function factsOf({ operation, events, clockBefore, clockAfter, standstills }: OperationWindow): Facts {
  const beginning = beginningOf(operation, events);
  return {
    operation,
    signs: events.flatMap((event, at) => {
      const conclusion = conclusionOf(operation, event);
      if (conclusion?.outcome !== 'ok' || !operation.retry) return conclusion ? [{ event, conclusion }] : [];
      const made = events.slice(0, at).filter((one) => isSent(one, startCommand(operation.operation))).length;
      return [{ event, conclusion: { ...conclusion, detail: `request ${made} of at most ${operation.retry.times}` } }];
    }),
    isBegun: beginning !== undefined,
    latencyAt: ({ event }) => {
      const end = endOf(event, clockBefore, clockAfter, standstills);
      return end && { ...end.clock, latencyMs: end.atMs - (beginning?.atMs ?? 0) };
    },
    driverFailure: () => driverFailure(operation, events),
    isAbsent: ({ event }) => {
      const places = placesInInventory(events.slice(events.indexOf(event)));
      return places !== undefined && !places.has(operation.place ?? '');
    },
  };
}

/** From which event on the operation's time counts. */
function beginningOf(
  { operation, bootMode }: OperationWindow['operation'],
  events: readonly RecordedEvent[],
): { readonly atMs: number } | undefined {
  if (operation === 'start') return processStart(events);
  const command = startCommand(operation, bootMode);
  return events.find((event) => isSent(event, command));
}

/** The guest's own time for what the guest says, arrival for what QEMU says. */
function endOf(
  event: RecordedEvent,
  before: Anchor | undefined,
  after: Anchor | undefined,
  standstills: readonly Standstill[],
) {
  if (event.source !== 'agent' || event.direction !== 'received') return { atMs: event.atMs, clock: {} };
  const atMs = hostTimeOf(event.message.guestNs / 1e6, before, after, standstills);
  if (atMs === undefined) return undefined;
  return { atMs, clock: { clockUncertaintyMs: Math.max(before?.uncertaintyMs ?? 0, after?.uncertaintyMs ?? 0) } };
}

/**
 * The places of all PCI functions in the latest inventory that was asked for and answered in full here. Of operations that
 * overlap each asks for one: the latest request may be another's, whose answer comes after the end of this one. An answer
 * with a gap in its messages' numbers may lack the very place, and counts as none.
 */
function placesInInventory(events: readonly RecordedEvent[]): ReadonlySet<string> | undefined {
  const requests = events.flatMap((e) =>
    e.source === 'agent' && e.direction === 'sent' && e.verb === 'inventory' ? [String(e.request)] : [],
  );
  for (const request of requests.toReversed()) {
    const answers = events.flatMap((e) =>
      e.source === 'agent' && e.direction === 'received' && e.message.fields.request === request ? [e.message] : [],
    );
    if (answers.at(-1)?.kind !== 'done' || !isGapless(events, answers)) continue;
    return new Set(answers.flatMap(({ kind, fields }) => (kind === 'pci' && fields.place ? [fields.place] : [])));
  }
  return undefined;
}

/** Whether nothing is missing between the message before the first of these, if there is one, and the last of them. */
function isGapless(events: readonly RecordedEvent[], answers: readonly AgentMessage[]): boolean {
  const all = events.flatMap((e) => (e.source === 'agent' && e.direction === 'received' ? [e.message] : []));
  const [first, last] = [answers[0], answers.at(-1)].map((message) => (message ? all.indexOf(message) : 0));
  const numbers = all.slice(Math.max(0, (first ?? 0) - 1), (last ?? 0) + 1).map(({ sequence }) => sequence);
  return numbers.every((number, index) => number <= (numbers[index - 1] ?? number) + 1);
}
