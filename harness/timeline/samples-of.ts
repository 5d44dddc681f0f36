import type { BootIdentity, Sample } from '../vocabulary.ts';
import { type AnalysedOperation, analyse, type EndedOperation } from './analyse.ts';
import type { RecordedEvent, Recording } from './recording.ts';
import { untilUsableOf } from './until-usable.ts';

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
  const { bootMode = 'fresh', jobs = 1, clock = 'real', untilUsable } = header;
  const kernel = guestRelease(events) ?? '';
  const identity = { runId, scenario, variant, topology, controller, accelerator, clock, boot, bootMode, jobs, kernel };
  let beginMs = 0;
  const operations = analyse(events, controller, clock);
  const whole = untilUsable === undefined ? undefined : untilUsableOf(events, operations, untilUsable);
  return [...operations, ...(whole ? [whole] : [])].map((operation) => {
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

/** `recordingStart` is the wall-clock time of the recording's zero. */
export function sampleOf(
  boot: BootIdentity,
  { judged, phases, burst, losses }: AnalysedOperation,
  recordingStart: Date,
  order: number,
): Sample {
  const { operation, offsetMs, wallMs, detail } = judged;
  const shared = {
    ...boot,
    cycle: operation.cycle,
    warmup: operation.warmup,
    sequence: operation.sequence,
    operation: operation.operation,
    device: operation.device ?? '',
    deviceId: operation.deviceId ?? '',
    expected: isExpected(judged),
    ...(offsetMs !== undefined && { offsetMs }),
    ...(burst && { burst }),
    ...(wallMs !== undefined && { wallMs }),
    startMs: judged.startedAtMs,
    startedAt: new Date(recordingStart.getTime() + (judged.hostStartMs ?? judged.startedAtMs)),
    order,
    detail,
    losses,
  };
  if (judged.outcome !== 'ok') {
    const { outcome, refusedAfterMs } = judged;
    return { ...shared, outcome, ...(refusedAfterMs !== undefined && { refusedAfterMs }), phases: [] };
  }
  return { ...shared, outcome: judged.outcome, latencyMs: judged.latencyMs, phases };
}

/** What was to be refused and was not even asked for, since its backend could not be made, shows nothing of what was meant. */
function isExpected({ operation, outcome, refusedAfterMs }: EndedOperation): boolean {
  if (outcome === 'withdrawn') return true;
  if (operation.meantRefused && outcome === 'refused') return refusedAfterMs !== undefined;
  return (operation.expected ?? ['ok']).includes(outcome);
}
