import type { RecordedEvent } from './recording.ts';

/** What the runner noted of a boot while no operation was under way: no sample says it. Undefined if there is nothing. */
export function failureOutside(events: readonly RecordedEvent[]): string | undefined {
  let underWay = 0;
  for (const event of events) {
    if (event.source !== 'harness') continue;
    if (event.event === 'begin') underWay += 1;
    if (event.event === 'end') underWay -= 1;
    if (event.event === 'give-up' && underWay === 0) return event.detail;
  }
  return undefined;
}
