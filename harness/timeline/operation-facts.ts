import type { AgentMessage } from '../guest/protocol.ts';
import { START_COMMANDS, startCommand } from '../qemu/qmp-messages.ts';
import { type Anchor, hostTimeOf } from './clock.ts';
import { conclusionOf } from './conclusion.ts';
import type { OperationWindow } from './operation-window.ts';
import type { Facts } from './outcome.ts';
import { isSent } from './recorded-messages.ts';
import type { RecordedEvent } from './recording.ts';

/** When an operation was begun. */
export interface Start {
  /** On the recording's clock: when its command was written; when the harness set to it, if none was. */
  readonly startedAtMs: number;
  /** For a plug during the boot: when it was really begun, in milliseconds after `cont`. */
  readonly offsetMs?: number;
}

export function startOf({ operation, events }: OperationWindow): Start {
  const startedAtMs = (commandOf(operation, events) ?? events[0])?.atMs ?? 0;
  const continued = events.find((event) => isSent(event, START_COMMANDS.boot));
  const isRace = operation.offsetMs !== undefined && continued !== undefined;
  return { startedAtMs, ...(isRace && { offsetMs: startedAtMs - continued.atMs }) };
}

/** What the events of an operation show, without what makes them doubtful. */
export function factsOf({ operation, events, clockBefore, clockAfter }: OperationWindow): Facts {
  const command = commandOf(operation, events);
  return {
    operation,
    signs: events.flatMap((event) => {
      const conclusion = conclusionOf(operation, event);
      return conclusion ? [{ event, conclusion }] : [];
    }),
    isBegun: command !== undefined,
    latencyAt: ({ event }) => {
      const end = endOf(event, clockBefore, clockAfter);
      return end && { ...end.clock, latencyMs: end.atMs - (command?.atMs ?? 0) };
    },
    isAbsent: ({ event }) => {
      const places = placesInInventory(events.slice(events.indexOf(event)));
      return places !== undefined && !places.has(operation.place ?? '');
    },
  };
}

function commandOf(
  { operation, bootMode }: OperationWindow['operation'],
  events: readonly RecordedEvent[],
): RecordedEvent | undefined {
  const command = startCommand(operation, bootMode);
  return events.find((event) => isSent(event, command));
}

/** The guest's own time for what the guest says, arrival for what QEMU says. */
function endOf(event: RecordedEvent, before: Anchor | undefined, after: Anchor | undefined) {
  if (event.source !== 'agent' || event.direction !== 'received') return { atMs: event.atMs, clock: {} };
  const atMs = hostTimeOf(event.message.guestNs / 1e6, before, after);
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
