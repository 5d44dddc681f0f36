import { qmpStampMs } from '../qemu/qmp-messages.ts';
import { outcomesOf } from '../timeline/analyse.ts';
import { conclusionOf } from '../timeline/conclusion.ts';
import { receivedQmpEvent } from '../timeline/recorded-messages.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import type { OperationName } from '../vocabulary.ts';

/** A good operation as the harness recorded it. Times are milliseconds on the monotonic clock. */
export interface RecordedOperation {
  readonly operation: OperationName;
  readonly deviceId: string | undefined;
  /** The command was about to be written. */
  readonly startMs: number;
  /** `startMs` and the latency: by the guest's own clock for a boot and a plug, by arrival for an unplug. */
  readonly endMs: number;
  /** What ended it reached the harness. */
  readonly arrivedMs: number;
  /** QEMU's own stamp in the event that ended it, where there is one: wall clock, milliseconds since 1970. */
  readonly stampedWallMs: number | undefined;
  /** How far the guest's clock may be off here; absent where it was not read. */
  readonly clockUncertaintyMs: number | undefined;
}

/** `originMs`: the recording's zero on the monotonic clock. */
export function recordedOperations(events: readonly RecordedEvent[], originMs: number): readonly RecordedOperation[] {
  return outcomesOf(events).flatMap(({ operation, latencyMs, startedAtMs, clockUncertaintyMs }) => {
    const end = events.find((e) => e.atMs >= startedAtMs && conclusionOf(operation, e)?.outcome === 'ok');
    if (latencyMs === undefined || !end) return [];
    return [
      {
        operation: operation.operation,
        deviceId: operation.deviceId,
        startMs: originMs + startedAtMs,
        endMs: originMs + startedAtMs + latencyMs,
        arrivedMs: originMs + end.atMs,
        stampedWallMs: stampOf(end),
        clockUncertaintyMs,
      },
    ];
  });
}

function stampOf(event: RecordedEvent): number | undefined {
  const message = receivedQmpEvent(event)?.message;
  return message && qmpStampMs(message);
}
