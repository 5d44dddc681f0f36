import { LONGEST_WAITS_MS } from '../drivers/index.ts';
import type { AgentMessage } from '../guest/protocol.ts';
import { START_COMMANDS, startCommand } from '../qemu/start-commands.ts';
import type { Outcome } from '../vocabulary.ts';
import { type Anchor, hostTimeOf } from './clock.ts';
import { type Conclusion, conclusionOf } from './conclusion.ts';
import { isSent } from './recorded-qmp.ts';
import type { Operation, RecordedEvent } from './recording.ts';
import { type Stretch, stretches } from './stretch.ts';

/** One operation of a boot as the recording shows it. Times are milliseconds on the recording's clock. */
export interface JudgedOperation {
  readonly operation: Operation;
  readonly outcome: Outcome;
  /** Present when, and only when, the outcome is `ok`. */
  readonly latencyMs?: number;
  /** When the measured command was written; when the operation began, if it never was. */
  readonly startedAtMs: number;
  /** How far the guest's clock may be off the host's here; absent when the end was not read on the guest's clock. */
  readonly clockUncertaintyMs?: number;
  /** On the virtual clock: when it started and how long it took on the host's, in milliseconds. */
  readonly hostStartMs?: number;
  readonly wallMs?: number;
  /** For a plug during the boot: when it was really begun, in milliseconds after `cont`. */
  readonly offsetMs?: number;
  /** For a person; empty for an ordinary `ok`. */
  readonly detail: string;
}

/**
 * A plug that ran into a limit this long and is not in the guest's inventory is `lost`, under a shorter one only late.
 * Longer than any driver of the guest waits, with room for a slow guest.
 */
export const LOST_AFTER_MS = LONGEST_WAITS_MS + 4_000;

/** Every operation of one boot, in order, with its outcome and latency. Pure: the same recording gives the same answer. */
export function judge(events: readonly RecordedEvent[]): readonly JudgedOperation[] {
  return stretches(events).map(judgeStretch);
}

/** One operation of `judge`. */
export function judgeStretch(stretch: Stretch): JudgedOperation {
  const judged = judgeOperation(stretch);
  if (stretch.operation.offsetMs === undefined) return judged;
  const continued = stretch.events.find((event) => isSent(event, START_COMMANDS.boot));
  return continued ? { ...judged, offsetMs: judged.startedAtMs - continued.atMs } : judged;
}

function judgeOperation({ operation, events, clockBefore: before, clockAfter: after }: Stretch): JudgedOperation {
  const command = startCommand(operation.operation, operation.bootMode);
  const start = events.find((event) => isSent(event, command));
  const startedAtMs = start?.atMs ?? events[0]?.atMs ?? 0;
  const concluded = operation.offsetMs === undefined ? firstConclusion(operation, events) : raceOf(operation, events);
  if (!concluded) {
    return { operation, startedAtMs, outcome: 'aborted', detail: 'the recording ends before the operation does' };
  }
  const { event, conclusion } = concluded;
  if (conclusion.outcome === 'ok' && start) {
    const end = endOf(event, before, after);
    const { detail } = conclusion;
    if (end) return { operation, startedAtMs, outcome: 'ok', detail, latencyMs: end.atMs - start.atMs, ...end.clock };
    return { operation, startedAtMs, outcome: 'aborted', detail: 'the guest never answered an echo: no clock to read' };
  }
  // Begun, but not yet commanded: it waited for others, or for its turn.
  if (conclusion.outcome === 'ok' && operation.operation === 'unplug') {
    return { operation, startedAtMs, outcome: 'vanished', detail: 'QEMU deleted the device before it was asked to' };
  }
  if (conclusion.outcome === 'timeout' && start && wasLost(operation, events.slice(events.indexOf(event)))) {
    return {
      operation,
      startedAtMs,
      outcome: 'lost',
      detail: `${conclusion.detail}; QEMU accepted the device and the guest's inventory has nothing at ${operation.place}`,
    };
  }
  return { operation, startedAtMs, ...conclusion };
}

interface Concluded {
  readonly event: RecordedEvent;
  readonly conclusion: Conclusion;
}

function firstConclusion(operation: Operation, events: readonly RecordedEvent[]): Concluded | undefined {
  for (const event of events) {
    const conclusion = conclusionOf(operation, event);
    if (conclusion) return { event, conclusion };
  }
  return undefined;
}

/** The end of a good operation: the guest's own time for what the guest says, arrival for what QEMU says. */
function endOf(event: RecordedEvent, before: Anchor | undefined, after: Anchor | undefined) {
  if (event.source !== 'agent' || event.direction !== 'received') return { atMs: event.atMs, clock: {} };
  const atMs = hostTimeOf(event.message.guestNs / 1e6, before, after);
  if (atMs === undefined) return undefined;
  return { atMs, clock: { clockUncertaintyMs: Math.max(before?.uncertaintyMs ?? 0, after?.uncertaintyMs ?? 0) } };
}

/**
 * How a plug during the boot ended. Nothing is certain at the first sign here: a guest that scans its buses while the
 * device comes may take the button's event for a wish to unplug, and the device that was usable vanishes. So the
 * operation goes on for a while after `usable`, whatever else is heard until its end counts for more, and the guest's
 * inventory at its end has the last word.
 */
function raceOf(operation: Operation, events: readonly RecordedEvent[]): Concluded | undefined {
  const concluded = events.flatMap((event) => {
    const conclusion = conclusionOf(operation, event);
    return conclusion ? [{ event, conclusion }] : [];
  });
  const first = concluded[0];
  const bad = concluded.find(({ conclusion }) => conclusion.outcome !== 'ok' && conclusion.outcome !== 'timeout');
  if (bad || !first) return bad;
  const places = inventoryPlaces(events.slice(events.indexOf(first.event)));
  if (places && !places.has(operation.place ?? '')) {
    const detail = `QEMU has the device and the guest's inventory has nothing at ${operation.place}`;
    return { event: first.event, conclusion: { outcome: 'lost', detail } };
  }
  return first;
}

/** The runner asks for an inventory after a plug timed out. Only a complete answer can say that the device is not there. */
function wasLost(operation: Operation, afterTimeout: readonly RecordedEvent[]): boolean {
  if (operation.operation !== 'plug' || operation.timeoutMs < LOST_AFTER_MS) return false;
  const places = inventoryPlaces(afterTimeout);
  return places !== undefined && !places.has(operation.place ?? '');
}

/**
 * The places of all PCI functions in the latest inventory that was asked for and answered in full here. Of operations that
 * overlap each asks for one: the latest request may be another's, whose answer comes after the end of this one. An answer
 * with a gap in its messages' numbers may lack the very place, and counts as none.
 */
function inventoryPlaces(events: readonly RecordedEvent[]): ReadonlySet<string> | undefined {
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
