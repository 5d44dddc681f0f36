import type { BootIdentity, Sample } from '../vocabulary.ts';
import type { AnalysedOperation } from './analyse.ts';

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
    expected: (operation.expected ?? ['ok']).includes(judged.outcome),
    ...(offsetMs !== undefined && { offsetMs }),
    ...(burst && { burst }),
    ...(wallMs !== undefined && { wallMs }),
    startMs: judged.startedAtMs,
    startedAt: new Date(recordingStart.getTime() + (judged.hostStartMs ?? judged.startedAtMs)),
    order,
    detail,
    losses,
  };
  if (judged.outcome !== 'ok') return { ...shared, outcome: judged.outcome, phases: [] };
  return { ...shared, outcome: judged.outcome, latencyMs: judged.latencyMs, phases };
}
