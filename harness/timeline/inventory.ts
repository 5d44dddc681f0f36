import type { AgentMessage } from '../guest/protocol.ts';
import type { RecordedEvent } from './recording.ts';

/**
 * The places of all PCI functions in the latest inventory that was asked for and answered in full here. Of operations that
 * overlap each asks for one: the latest request may be another's, whose answer comes after the end of this one. An answer
 * with a gap in its messages' numbers may lack the very place, and counts as none.
 */
export function placesInInventory(events: readonly RecordedEvent[]): ReadonlySet<string> | undefined {
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
