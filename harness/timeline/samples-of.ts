import type { Sample } from '../vocabulary.ts';
import { analyse } from './analyse.ts';
import type { RecordedEvent, Recording } from './recording.ts';
import { sampleOf } from './sample.ts';

/** All samples of a run from its recordings, in the order in which they began, also where machines ran side by side. */
export function samplesOf(recordings: readonly Recording[]): readonly Sample[] {
  const begun = recordings.flatMap(samplesOfBoot).toSorted((a, b) => a.beginMs - b.beginMs);
  return begun.map(({ sample }, index) => ({ ...sample, order: index + 1 }));
}

/** In the order of the recording, which that of their starts does not change: several may begin together. */
function samplesOfBoot({
  header,
  events,
}: Recording): readonly { readonly sample: Sample; readonly beginMs: number }[] {
  const { runId, scenario, variant, topology, controller, accelerator, boot, startedAt } = header;
  const { bootMode = 'fresh', jobs = 1, clock = 'real' } = header;
  const kernel = guestRelease(events) ?? '';
  const identity = { runId, scenario, variant, topology, controller, accelerator, clock, boot, bootMode, jobs, kernel };
  let beginMs = 0;
  return analyse(events, controller, clock).map((operation) => {
    const sample = sampleOf(identity, operation, new Date(startedAt), 0);
    const startMs = operation.judged.hostStartMs ?? sample.startMs;
    beginMs = Math.max(beginMs, Date.parse(startedAt) + startMs);
    return { sample, beginMs };
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
