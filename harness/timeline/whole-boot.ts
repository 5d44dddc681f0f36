import type { RecordedEvent } from './recording.ts';

/**
 * Whether a recording holds a boot from its beginning to its end: every operation ended, none because the user wanted the
 * run to end, and QEMU seen to its end. The last matters: after an operation has ended the clocks are tied and the guest's
 * journal is read, and a recording that stops before that has no phases for it.
 *
 * @param operations how many there are in a whole one
 */
export function isWholeBoot(events: readonly RecordedEvent[], operations: number): boolean {
  let ended = 0;
  let running = 0;
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'end') ended += 1;
    if (event.source === 'harness' && event.event === 'give-up' && event.reason === 'interrupted') return false;
    if (event.source === 'process') running += event.event === 'started' ? 1 : -1;
  }
  return ended === operations && running === 0;
}
