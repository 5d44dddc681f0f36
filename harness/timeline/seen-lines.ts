import { guestClocksOf } from './moment.ts';
import { type OperationWindow, startOf } from './operation-window.ts';
import type { RecordedEvent } from './recording.ts';

/** One thing that was seen of an operation, as it was seen, on the axis that begins with the operation. */
export interface SeenLine {
  /**
   * Since the operation began, on the clock that it is measured on. What the guest has stamped is brought there; where the clocks are
   * not tied it is absent.
   */
  readonly atMs?: number;
  /** The guest's CLOCK_MONOTONIC, for what the guest has stamped. */
  readonly guestMs?: number;
  readonly source: 'harness' | 'process' | 'QMP' | 'agent' | 'kernel' | 'uevent' | 'console' | 'firmware';
  /** For QMP and the agent. */
  readonly direction?: 'sent' | 'received';
  readonly text: string;
}

/** What the agent writes to the kernel log to tie the clocks says nothing about the operation. */
const OWN_LINE = /^hotplug-bench: /;
/** Messages with which the clocks are read; how they are tied is in the clock's uncertainty. */
const OF_CLOCKS: ReadonlySet<string> = new Set(['echo', 'tie', 'clocks', 'pair']);

/**
 * Everything that was seen of an operation in order of time: its own QMP traffic and that of no other operation, what the agent
 * and the consoles said, and what the guest kept in its journal until the operation had ended. What cannot be brought to
 * the axis comes last.
 */
export function seenLines(window: OperationWindow): readonly SeenLine[] {
  const { startedAtMs } = startOf(window);
  const { hostOf, monotonicOf } = guestClocksOf(window);
  const endMs = window.events.at(-1)?.atMs ?? startedAtMs;
  const beganMs = Math.min(startedAtMs, window.events[0]?.atMs ?? startedAtMs);
  const stamped = (guestMs: number | undefined) => {
    const hostMs = hostOf(guestMs);
    return {
      ...(hostMs !== undefined && { atMs: hostMs - startedAtMs }),
      ...(guestMs !== undefined && { guestMs }),
    };
  };
  const journal = [...window.events, ...window.gapAfter].flatMap((event): readonly SeenLine[] => {
    if (event.source !== 'agent' || event.direction !== 'received') return [];
    const { kind, fields, guestNs } = event.message;
    const { us, text = '', action = '', subsystem = '', path = '' } = fields;
    if (kind === 'kmsg' && !OWN_LINE.test(text))
      return [{ ...stamped(monotonicOf(Number(us) / 1e3)), source: 'kernel', text }];
    if (kind !== 'uevent') return [];
    return [{ ...stamped(guestNs / 1e6), source: 'uevent', text: [action, subsystem, path].join(' ') }];
  });
  // A journal reaches back to the guest's beginning, or at least before the operation.
  const ownJournal = journal.filter(
    ({ atMs }) => atMs === undefined || (atMs >= beganMs - startedAtMs && atMs <= endMs - startedAtMs),
  );
  const others = window.events.flatMap((event): readonly SeenLine[] => {
    const seen = lineOf(event);
    if (!seen) return [];
    const time =
      event.source === 'agent' && event.direction === 'received'
        ? stamped(event.message.guestNs / 1e6)
        : { atMs: event.atMs - startedAtMs };
    return [{ ...time, ...seen }];
  });
  const rank = ({ atMs = Number.POSITIVE_INFINITY }: SeenLine) => atMs;
  return [...others, ...ownJournal].toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/** What an event says; undefined for the journal, and for what only reads clocks. */
function lineOf(event: RecordedEvent): Omit<SeenLine, 'atMs' | 'guestMs'> | undefined {
  switch (event.source) {
    case 'qmp':
      return { source: 'QMP', direction: event.direction, text: JSON.stringify(event.message) };
    case 'console':
    case 'firmware':
      return { source: event.source, text: event.text };
    case 'process': {
      if (event.event === 'started') return { source: 'process', text: `QEMU is process ${event.pid}` };
      const how = event.signal ?? `exit code ${event.code}`;
      return { source: 'process', text: `QEMU has ended (${how})${event.stderr === '' ? '' : `: ${event.stderr}`}` };
    }
    case 'harness': {
      const { source, event: what, atMs: _, hostMs: __, ...rest } = event;
      const told = Object.keys(rest).length === 0 ? what : `${what} ${JSON.stringify(rest)}`;
      return what === 'wall-clock' || what === 'virtual-clock' ? undefined : { source, text: told };
    }
    case 'agent': {
      if (event.direction === 'garbled')
        return { source: 'agent', direction: 'received', text: `garbled (${event.reason}): ${event.line}` };
      const [kind, fields] =
        event.direction === 'sent' ? [event.verb, event.fields] : [event.message.kind, event.message.fields];
      if (OF_CLOCKS.has(kind) || kind === 'kmsg' || kind === 'uevent') return undefined;
      const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      return { source: 'agent', direction: event.direction, text: [kind, ...words].join(' ') };
    }
  }
}
