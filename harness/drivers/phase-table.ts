import type { PhaseKind } from '../vocabulary.ts';

/** Something that happened during an operation, at a time on the recording's clock, wherever it was seen. */
export type Moment = { readonly atMs: number } & (
  | { readonly source: 'qmp'; readonly what: 'sent' | 'returned'; readonly command: string }
  | {
      readonly source: 'qmp';
      readonly what: 'event';
      readonly name: string;
      readonly device: string;
      readonly path: string;
    }
  | { readonly source: 'kernel' | 'firmware'; readonly text: string }
  | { readonly source: 'uevent'; readonly action: string; readonly subsystem: string; readonly path: string }
  /** The guest's CLOCK_MONOTONIC began; its kernel log's clock did. */
  | { readonly source: 'agent'; readonly what: 'clock-zero' | 'log-zero' }
  /** The agent said that the guest is ready. */
  | { readonly source: 'agent'; readonly what: 'ready' }
  /** The firmware handed over to the kernel's image (run/session/kernel-entry.ts). */
  | { readonly source: 'harness'; readonly what: 'kernel-entry' }
  /** The agent got the uevent of the device it waits for, which is of this class (harness/machine/device, UsableClass). */
  | { readonly source: 'agent'; readonly what: 'appeared'; readonly class: string }
  /** From here until `untilMs` something may have been seen that was lost; either may be infinite. */
  | { readonly source: 'hole'; readonly untilMs: number; readonly text: string }
);

/** That an operation began to wait behind others, or that its turn came: found by reasoning, not seen. */
export interface QueueMoment {
  readonly atMs: number;
  readonly source: 'queue';
  readonly what: 'joined' | 'served';
}

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

/** The first moment that any of the edges accepts. */
export function anyOf(...edges: readonly Edge[]): Edge {
  const edge = (moment: Moment | QueueMoment) => edges.some((one) => one(moment));
  return edges.some(({ mayBeLost }) => mayBeLost) ? fromGuest(edge) : edge;
}

/** A line of the guest's kernel log that matches any of the patterns. */
export function kernel(...patterns: readonly RegExp[]): Edge {
  return fromGuest((moment) => moment.source === 'kernel' && patterns.some((pattern) => pattern.test(moment.text)));
}

/** A line of the firmware's on its debug port, where the machine has one. */
export function firmware(pattern: RegExp): Edge {
  return (moment) => moment.source === 'firmware' && pattern.test(moment.text);
}

/** A uevent as it reached the agent. */
export function uevent(action: string, subsystem: string): Edge {
  return fromGuest(
    (moment) => moment.source === 'uevent' && moment.action === action && moment.subsystem === subsystem,
  );
}

/** A command, or the first of several, of those that begin operations or part their phases. */
export function sentCommand(...names: readonly string[]): Edge {
  return (moment) => moment.source === 'qmp' && moment.what === 'sent' && names.includes(moment.command);
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

export const ready: Edge = (moment) => moment.source === 'agent' && moment.what === 'ready';

export const clockZero: Edge = (moment) => moment.source === 'agent' && moment.what === 'clock-zero';

export const kernelEntry: Edge = (moment) => moment.source === 'harness' && moment.what === 'kernel-entry';

export const logZero: Edge = (moment) => moment.source === 'agent' && moment.what === 'log-zero';

function fromGuest(edge: Edge): Edge {
  return Object.assign(edge, { mayBeLost: true });
}
