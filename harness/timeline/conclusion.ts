import { qmpMessage } from '../qemu/qmp-messages.ts';
import type { Outcome } from '../vocabulary.ts';
import type { GivenUp, Operation, RecordedEvent } from './recording.ts';
import { belongs } from './recording.ts';

/** What one event says about the operation that is under way. `detail` is for a person. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly detail: string;
}

/** Linux's panic() prints this to the console before anything else (kernel/panic.c). */
const PANIC = /Kernel panic - not syncing: ?([^\r\n]*)/;

const GIVEN_UP: Readonly<Record<GivenUp, Outcome>> = {
  timeout: 'timeout',
  interrupted: 'aborted',
  'no-machine': 'crashed',
  'guest-panic': 'guest-panic',
  'no-backend': 'refused',
  'no-watch': 'guest-error',
  'no-snapshot': 'aborted',
  'not-refused': 'accepted',
  'still-refused': 'refused',
  'expected-failure': 'aborted',
  'wrong-controller': 'wrong-controller',
  'missing-parameter': 'guest-error',
  'module-failed': 'guest-error',
  'earlier-failure': 'aborted',
};

/**
 * Whether this event says that the operation ends, and how. The run waits for the first such event; what the outcome is,
 * outcome.ts decides from all of them and from what is known of the clocks and the guest's inventory.
 */
export function conclusionOf(operation: Operation, event: RecordedEvent): Conclusion | undefined {
  if (!belongs(event, operation)) return undefined;
  const conclusion = saidBy(event, operation);
  // Where QEMU does not refuse what it was meant to, the harness says so; how that goes on is not asked.
  return operation.meantRefused && conclusion?.outcome === 'ok' ? undefined : conclusion;
}

function saidBy(event: RecordedEvent, operation: Operation): Conclusion | undefined {
  switch (event.source) {
    case 'harness':
      return event.event === 'give-up' ? { outcome: GIVEN_UP[event.reason], detail: event.detail } : undefined;
    case 'process':
      return event.event === 'exited' ? crashed(event) : undefined;
    case 'console': {
      const panic = PANIC.exec(event.text);
      return panic ? { outcome: 'guest-panic', detail: `kernel panic: ${panic[1]}` } : undefined;
    }
    case 'agent':
      return event.direction === 'received' ? fromAgent(operation, event.message) : undefined;
    case 'qmp':
      return event.direction === 'received' ? fromQmp(operation, event.message) : undefined;
  }
}

function crashed(exit: { code: number | null; signal: string | null; stderr: string }): Conclusion {
  const how = exit.signal === null ? `exited with code ${exit.code}` : `died of ${exit.signal}`;
  const last = exit.stderr.trimEnd().split('\n').at(-1) ?? '';
  return { outcome: 'crashed', detail: last === '' ? `QEMU ${how}` : `QEMU ${how}: ${last}` };
}

function fromAgent(
  { operation, deviceId, offsetMs, contested }: Operation,
  message: { kind: string; fields: Readonly<Record<string, string>> },
): Conclusion | undefined {
  if (operation === 'boot') return message.kind === 'ready' ? { outcome: 'ok', detail: '' } : undefined;
  if (operation === 'unplug' || message.fields.device !== deviceId) return undefined;
  if (message.kind === 'usable') return { outcome: 'ok', detail: offsetMs === undefined ? '' : whenFound(message) };
  if (message.kind !== 'unusable') return undefined;
  if (contested) {
    const { name, reason } = message.fields;
    return { outcome: 'withdrawn', detail: `unplugged by another step when the guest began to use ${name}: ${reason}` };
  }
  return {
    outcome: 'guest-error',
    detail: `the guest could not use ${message.fields.name}: ${message.fields.reason}`,
  };
}

/** Early: the guest's own scan of its buses found the device. Late: it came to the guest as a hot-plugged one. */
function whenFound({ fields }: { readonly fields: Readonly<Record<string, string>> }): string {
  return fields.present === 'yes' ? 'early: there when the guest was ready' : 'late: came after the guest was ready';
}

function fromQmp({ operation, deviceId, contested, retry }: Operation, received: unknown): Conclusion | undefined {
  if (deviceId === undefined) return undefined;
  const message = qmpMessage(received);
  // What is asked for again ends by a refusal only when the harness says that it was the last.
  if (message.kind === 'error' && retry) return undefined;
  if (message.kind === 'error') return { outcome: 'refused', detail: `${message.class}: ${message.description}` };
  // A virtio device sends DEVICE_DELETED twice: first without an id, for the backend's path, then for the device.
  if (message.kind !== 'event' || message.data.device !== deviceId) return undefined;
  if (message.event === 'DEVICE_DELETED') {
    if (operation === 'unplug') return { outcome: 'ok', detail: '' };
    if (contested) return { outcome: 'withdrawn', detail: 'unplugged by another step before it was usable' };
    return { outcome: 'vanished', detail: 'QEMU deleted the device although nobody had asked for it' };
  }
  // DEVICE_UNPLUG_GUEST_ERROR came with QEMU 6.2; before, guests could only fail in silence.
  if (message.event === 'DEVICE_UNPLUG_GUEST_ERROR' || message.event === 'MEM_UNPLUG_ERROR') {
    return { outcome: 'guest-error', detail: `${message.event} at ${message.data.path}` };
  }
  return undefined;
}
