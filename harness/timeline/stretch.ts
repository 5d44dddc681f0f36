import { type Anchor, anchorOf, echoesIn } from './clock.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** One operation cut out of a recording, with what was seen between it and its neighbours. */
export interface Stretch {
  readonly operation: Operation;
  /** Events from `begin` to `end`, both included; to the end of the recording for one cut off. */
  readonly events: readonly RecordedEvent[];
  /** Events since the operation before it: the echoes and the guest's journal of that one. */
  readonly gapBefore: readonly RecordedEvent[];
  /** Events until the operation after it: its own echoes and journal. */
  readonly gapAfter: readonly RecordedEvent[];
  /** The guest's CLOCK_MONOTONIC tied to the host's clock, from the echoes in the gaps. */
  readonly clockBefore: Anchor | undefined;
  readonly clockAfter: Anchor | undefined;
}

/** The recording cut at `begin` and `end`, in order. */
export function stretches(events: readonly RecordedEvent[]): readonly Stretch[] {
  const begins = events.flatMap((event, index) =>
    event.source === 'harness' && event.event === 'begin' ? [{ index, operation: event.operation }] : [],
  );
  let gapFrom = 0;
  return begins.map(({ index, operation }, position) => {
    const next = begins[position + 1]?.index ?? events.length;
    const end = events.findIndex((e, at) => at > index && at < next && e.source === 'harness' && e.event === 'end');
    const cut = end === -1 ? next : end + 1;
    const gapBefore = events.slice(gapFrom, index);
    const gapAfter = events.slice(cut, next);
    gapFrom = cut;
    return {
      operation,
      events: events.slice(index, cut),
      gapBefore,
      gapAfter,
      clockBefore: anchorOf(echoesIn(gapBefore)),
      clockAfter: anchorOf(echoesIn(gapAfter)),
    };
  });
}
