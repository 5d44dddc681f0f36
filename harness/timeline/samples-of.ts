import type { Recording } from '../archive/read-recording.ts';
import { analyse } from './analyse.ts';
import type { RecordedEvent } from './recording.ts';
import { type Sample, sampleOf } from './sample.ts';

/** All samples of a run from its recordings, which are in order of execution. */
export function samplesOf(recordings: readonly Recording[]): readonly Sample[] {
  let order = 0;
  return recordings.flatMap(({ header, events }) => {
    const { runId, scenario, variant, topology, controller, accelerator, boot, startedAt } = header;
    const kernel = guestRelease(events) ?? '';
    const identity = { runId, scenario, variant, topology, controller, accelerator, boot, kernel };
    return analyse(events, controller).map((operation) => {
      order += 1;
      return sampleOf(identity, operation, new Date(startedAt), order);
    });
  });
}

/** The kernel release as the guest itself reported it when it was ready. */
export function guestRelease(events: readonly RecordedEvent[]): string | undefined {
  for (const event of events) {
    if (event.source === 'agent' && event.direction === 'received' && event.message.kind === 'ready') {
      return event.message.fields.kernel;
    }
  }
  return undefined;
}
