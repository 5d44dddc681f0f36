import type { Moment } from './moment.ts';
import type { QueueMoment } from './queue.ts';

/** `fixed-wait`: a sleep in a guest driver. `host`: QEMU and the harness. `guest`: everything else the guest does. */
export type PhaseKind = 'host' | 'guest' | 'fixed-wait';

/** Whether a moment is an edge of a phase. */
export interface Edge {
  (moment: Moment | QueueMoment): boolean;
  /** Whether such a moment may be lost on its way from the guest (losses.ts); what QEMU says is not. */
  readonly mayBeLost?: boolean;
}

/** One row of a phase table: a stretch of an operation, told by the moments at its edges. */
export interface PhaseRow {
  readonly name: string;
  readonly kind: PhaseKind;
  /** On the virtual clock, if that is another: only the guest's share of a row takes time there. */
  readonly virtualKind?: PhaseKind;
  /** Where it begins: the first such moment after the row above it ended. Left out: right where that one ended. */
  readonly begin?: Edge;
  /** Where it ends: the first such moment after its beginning, or the end of the operation. */
  readonly end: Edge | 'operation-end';
  /**
   * Where the edges of an optional row are not seen, the next begins where it would have begun. Where those of a
   * required one are not, nobody knows where it ended, and the time until the next known edge is `unattributed`.
   */
  readonly required: boolean;
  /** What happens here, and where that is known from. */
  readonly source: string;
}

/** Rows in order of time. */
export type PhaseTable = readonly PhaseRow[];

/** A named stretch of a sample. Times in milliseconds since the operation's start. */
export interface Phase {
  readonly name: string;
  readonly kind: PhaseKind;
  readonly startMs: number;
  readonly durationMs: number;
}

/** What no row explains. */
export const UNATTRIBUTED = 'unattributed';

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

function fromGuest(edge: Edge): Edge {
  return Object.assign(edge, { mayBeLost: true });
}

/** The first moment that any of the edges accepts. */
export function anyOf(...edges: readonly Edge[]): Edge {
  const edge = (moment: Moment | QueueMoment) => edges.some((one) => one(moment));
  return edges.some(({ mayBeLost }) => mayBeLost) ? fromGuest(edge) : edge;
}

/** A line of the guest's kernel log. */
export function kernel(pattern: RegExp): Edge {
  return fromGuest((moment) => moment.source === 'kernel' && pattern.test(moment.text));
}

/** A uevent as it reached the agent. */
export function uevent(action: string, subsystem: string): Edge {
  return fromGuest(
    (moment) => moment.source === 'uevent' && moment.action === action && moment.subsystem === subsystem,
  );
}

/** A command of those that begin operations or part their phases. */
export function sentCommand(name: string): Edge {
  return (moment) => moment.source === 'qmp' && moment.what === 'sent' && moment.command === name;
}

/** The reply to one command, where an operation saw several. */
export function returnedFrom(command: string): Edge {
  return (moment) => moment.source === 'qmp' && moment.what === 'returned' && moment.command === command;
}

/** The reply to the measured QMP command. */
export const returned: Edge = (moment) => moment.source === 'qmp' && moment.what === 'returned';

/**
 * The DEVICE_DELETED of a virtio device's backend, which QEMU sends when it takes the device apart; the one with the
 * device's id follows when its memory is freed.
 */
export const backendDeleted: Edge = (moment) =>
  moment.source === 'qmp' && moment.what === 'event' && moment.name === 'DEVICE_DELETED' && moment.device === '';

/** The operation began to wait behind others of its burst; its turn came. */
export const joined: Edge = fromGuest((moment) => moment.source === 'queue' && moment.what === 'joined');
export const served: Edge = fromGuest((moment) => moment.source === 'queue' && moment.what === 'served');

export const appeared: Edge = (moment) => moment.source === 'agent' && moment.what === 'appeared';
export const clockZero: Edge = (moment) => moment.source === 'agent' && moment.what === 'clock-zero';
export const kernelEntry: Edge = (moment) => moment.source === 'harness' && moment.what === 'kernel-entry';
export const logZero: Edge = (moment) => moment.source === 'agent' && moment.what === 'log-zero';
