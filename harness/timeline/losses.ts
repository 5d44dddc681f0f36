import type { AgentMessage } from '../guest/protocol.ts';
import { START_COMMANDS } from '../qemu/qmp-messages.ts';
import type { LossKind } from '../vocabulary.ts';
import { contradictions } from './clock.ts';
import type { RecordedEvent } from './recording.ts';
import { isReset, isSent } from './recording.ts';
import { wrongClockRate, wrongTimerRate } from './wrong-clock.ts';

/** A moment in the guest, in milliseconds on CLOCK_MONOTONIC or on the clock of the kernel's log. */
export interface GuestTime {
  readonly clock: 'monotonic' | 'kernel-log';
  readonly ms: number;
}

/** Between which moments something happened that was not heard of; open where an end is left out. */
interface Hole {
  readonly after?: GuestTime;
  readonly until?: GuestTime;
}

/** Something that was lost, or went wrong beside the operations, and where in the recording that shows. */
export interface Loss {
  readonly kind: LossKind;
  /** Index of the event that shows it. */
  readonly at: number;
  /** How many were lost; 1 where they cannot be counted. */
  readonly count: number;
  /** For a person. */
  readonly detail: string;
  /** Present where edges of phases may be missing. */
  readonly hole?: Hole;
  /** The device it is about, where it is about one. */
  readonly deviceId?: string;
}

/** The numbers of the last messages before a part of a recording; -1 before the first of a guest that is just beginning. */
export interface Heard {
  readonly agent?: number;
  readonly kernel?: number;
}

/** The last numbers in a part of a recording, for reading on behind it. */
export function lastHeard(events: readonly RecordedEvent[]): Heard {
  const agent = events.findLast((event) => received(event) !== undefined);
  const kernel = events.findLast((event) => received(event)?.kind === 'kmsg');
  return {
    ...(agent && { agent: received(agent)?.sequence ?? 0 }),
    ...(kernel && { kernel: kernelSequence(received(kernel)) }),
  };
}

/**
 * A guest that QEMU starts from the firmware begins both numberings: the agent's messages with 1 and the kernel's log with
 * 0. One that is restored goes on with what the saved one had reached.
 */
function beginning(events: readonly RecordedEvent[]): Heard {
  const isStarted = events.some((event) => event.source === 'process' && event.event === 'started');
  const isRestored = events.some((event) => isSent(event, START_COMMANDS.restore));
  return isStarted && !isRestored ? STARTED : {};
}

const STARTED = { agent: 0, kernel: -1 } as const;

/** Everything that was lost in a recording, or in a part of one behind what has been `heard`. */
export function lossesIn(events: readonly RecordedEvent[], heard: Heard = beginning(events)): readonly Loss[] {
  const losses: Loss[] = [];
  let last: AgentMessage | undefined;
  let lastNumber = heard.agent;
  let lastKernel = heard.kernel;
  let lastKernelTime: GuestTime | undefined;
  let journal: string | undefined;
  for (const [at, event] of events.entries()) {
    if (event.source === 'agent' && event.direction === 'sent' && event.verb === 'journal') {
      if (journal !== undefined) losses.push(cutOff(at, last));
      journal = String(event.request);
    }
    if (isReset(event)) [lastNumber, lastKernel, lastKernelTime] = [STARTED.agent, STARTED.kernel, undefined];
    const told = toldLoss(event);
    if (told) losses.push({ at, ...told });
    const message = received(event);
    if (!message) continue;
    const missing = lastNumber === undefined ? 0 : message.sequence - lastNumber - 1;
    if (missing > 0) {
      const detail = `${count(missing, 'message')} of the guest agent before number ${message.sequence} (${message.kind})`;
      // Only the answer to a journal has edges of phases in it; its first lines tie the clocks.
      const hole = journal === undefined || message.kind === 'tie' ? {} : { hole: holeBetween(last, message) };
      losses.push({ kind: 'agent-lines', at, count: missing, detail, ...hole });
    }
    if (message.kind === 'kmsg') {
      const sequence = kernelSequence(message);
      const until = timeOf(message);
      const lost = lastKernel === undefined ? 0 : sequence - lastKernel - 1;
      if (lost > 0) {
        const detail = `${count(lost, 'line')} of the guest's kernel log before number ${sequence}`;
        const hole = { ...(lastKernelTime && { after: lastKernelTime }), ...(until && { until }) };
        losses.push({ kind: 'kernel-lines', at, count: lost, detail, hole });
      }
      lastKernel = sequence;
      lastKernelTime = until;
    }
    if (message.kind === 'lost-uevents') {
      const kept = events.slice(at).find((later) => received(later)?.kind === 'uevent');
      const until = kept && timeOf(received(kept));
      const lost = Number(message.fields.count);
      const detail = `${count(lost, 'uevent')} that the guest agent had no room to keep`;
      losses.push({ kind: 'uevents', at, count: lost, detail, hole: until ? { until } : {} });
    }
    if (message.kind === 'done' && message.fields.request === journal) journal = undefined;
    last = message;
    lastNumber = message.sequence;
  }
  if (journal !== undefined) losses.push(cutOff(events.length - 1, last));
  for (const { hostMs, contradictionMs = 0, uncertaintyMs } of contradictions(events)) {
    const at = events.findLastIndex(({ atMs }) => atMs <= hostMs);
    const detail = `echoes contradict each other by ${contradictionMs.toFixed(3)} ms: the clock is known to ${uncertaintyMs.toFixed(3)} ms`;
    losses.push({ kind: 'clock-contradiction', at: Math.max(0, at), count: 1, detail });
  }
  const wrongRate = wrongClockRate(events);
  if (wrongRate) losses.push({ kind: 'clock-rate', at: wrongRate.at, count: 1, detail: wrongRate.why });
  const timer = wrongTimerRate(events);
  if (timer) losses.push({ kind: 'timer-rate', at: timer.at, count: 1, detail: timer.why });
  return losses.toSorted((a, b) => a.at - b.at);
}

/** The losses of one kind in a boot. */
export interface KindLosses {
  readonly kind: LossKind;
  /** How many were lost in all. */
  readonly count: number;
  /** When the first was heard of, in milliseconds on the recording's clock. */
  readonly firstAtMs: number;
  /** Of the first few, for a person. */
  readonly details: readonly string[];
}

/** More than these are only counted. */
const SHOWN_DETAILS = 3;

/** The losses of a boot by their kinds, in the order in which each was first heard of. */
export function lossesByKind(events: readonly RecordedEvent[], losses: readonly Loss[]): readonly KindLosses[] {
  return [...new Set(losses.map(({ kind }) => kind))].map((kind) => {
    const own = losses.filter((loss) => loss.kind === kind);
    return {
      kind,
      count: own.reduce((sum, loss) => sum + loss.count, 0),
      firstAtMs: events[own[0]?.at ?? 0]?.atMs ?? 0,
      details: own.slice(0, SHOWN_DETAILS).map(({ detail }) => detail),
    };
  });
}

/** What is said in so many words: by the guest agent, by the channel or by the harness. */
function toldLoss(event: RecordedEvent): Omit<Loss, 'at'> | undefined {
  if (event.source === 'harness' && event.event === 'backend-kept') {
    const { deviceId, detail } = event;
    return { kind: 'backend-kept', count: 1, deviceId, detail };
  }
  if (event.source === 'harness' && event.event === 'window-unread')
    return { kind: 'window-unread', count: 1, detail: event.detail };
  if (event.source !== 'agent') return undefined;
  if (event.direction === 'garbled') {
    const start = event.line.slice(0, SHOWN_BYTES);
    return { kind: 'garbled-lines', count: 1, detail: `${event.reason}: ${JSON.stringify(start)}` };
  }
  if (event.direction === 'sent') return undefined;
  const { kind, fields, guestNs } = event.message;
  switch (kind) {
    case 'garbled':
      return { kind: 'garbled-requests', count: 1, detail: `a request reached the guest with ${fields.reason}` };
    case 'module-failed':
      return { kind: 'module-failed', count: 1, detail: `${fields.name}: ${fields.reason}` };
    case 'uevent-overrun': {
      const after = { clock: 'monotonic', ms: Number(fields.after) / 1e6 } as const;
      const until = { clock: 'monotonic', ms: guestNs / 1e6 } as const;
      const times = Number(fields.count);
      const detail = `the agent's socket for uevents was full ${times === 1 ? 'once' : `${times} times`}`;
      return { kind: 'uevent-socket', count: times, detail, hole: { after, until } };
    }
    default:
      return undefined;
  }
}

/** A journal without its `done`: how many lines it would have had is not known. */
function cutOff(at: number, last: AgentMessage | undefined): Loss {
  const after = last?.kind === 'kmsg' ? timeOf(last) : undefined;
  const detail = "the guest agent's journal was not answered to its end";
  return { kind: 'agent-lines', at, count: 1, detail, hole: after ? { after } : {} };
}

/** How much of a damaged line is shown. */
const SHOWN_BYTES = 80;

/**
 * What lay between two messages of which others are missing. A journal is uevents and then kernel lines, each in order of
 * time: between two of one kind only what happened between them is missing; from the one to the other, or at its ends,
 * anything that came before or after.
 */
function holeBetween(last: AgentMessage | undefined, next: AgentMessage): Hole {
  const after = last && timeOf(last);
  const until = timeOf(next);
  return {
    ...(after && (last.kind === next.kind || last.kind === 'kmsg') && { after }),
    ...(until && (last?.kind === next.kind || next.kind === 'uevent') && { until }),
  };
}

/** When what a line of the journal tells happened. */
function timeOf(message: AgentMessage | undefined): GuestTime | undefined {
  if (message?.kind === 'uevent') return { clock: 'monotonic', ms: message.guestNs / 1e6 };
  if (message?.kind === 'kmsg') return { clock: 'kernel-log', ms: Number(message.fields.us) / 1e3 };
  return undefined;
}

function received(event: RecordedEvent): AgentMessage | undefined {
  return event.source === 'agent' && event.direction === 'received' ? event.message : undefined;
}

function kernelSequence(message: AgentMessage | undefined): number {
  return Number(message?.fields.sequence);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
