import { textOf } from '../../qemu/qmp-messages.ts';
import { type Conclusion, conclusionOf } from '../../timeline/conclusion.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import { receivedQmpEvent } from '../../timeline/recording.ts';

/** What ended a machine; undefined when it still runs. */
export function machineEnd(operation: Operation, events: readonly RecordedEvent[]): Conclusion | undefined {
  const ends = events.filter((event) => event.source === 'console' || event.source === 'process');
  return ends.map((event) => conclusionOf(operation, event)).find((conclusion) => conclusion !== undefined);
}

/** Whether the machine has ended: then no answer of the guest's is missing. */
export function hasEnded(events: readonly RecordedEvent[]): boolean {
  const begun = events.findLast((event) => event.source === 'harness' && event.event === 'begin');
  return begun?.source === 'harness' && begun.event === 'begin' && machineEnd(begun.operation, events) !== undefined;
}

/**
 * What went wrong with a machine whose operations all went well: it ended after the last of them, or a device went by itself
 * between its plug and its unplug, if there is one. No operation was under way on it, so no sample says it.
 */
export function wrongBetween(events: readonly RecordedEvent[]): string | undefined {
  const operations = events.flatMap((event) =>
    event.source === 'harness' && event.event === 'begin' ? [event.operation] : [],
  );
  const last = operations.at(-1);
  const end = last && machineEnd(last, events);
  if (end) return `after the last operation: ${end.detail}`;
  const gone = goneByThemselves(events, operations);
  return gone.length === 0 ? undefined : `QEMU deleted ${gone.join(', ')} although nobody had asked for it`;
}

/** Ids of devices that were deleted while neither their plug nor their unplug was under way. */
function goneByThemselves(events: readonly RecordedEvent[], operations: readonly Operation[]): readonly string[] {
  const plugged = new Set<string>();
  /** Devices whose unplug is under way, by the number of that operation. */
  const unplugging = new Map<number | undefined, string>();
  const gone: string[] = [];
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'begin') {
      const { operation, deviceId = '', number } = event.operation;
      plugged.delete(deviceId);
      if (operation === 'unplug') unplugging.set(number, deviceId);
    }
    if (event.source === 'harness' && event.event === 'end') {
      unplugging.delete(event.operation);
      const ended = operations.find(({ number }) => number === event.operation);
      const mayGo = ended?.expected?.includes('vanished') ?? false;
      const isAsked = [...unplugging.values()].includes(ended?.deviceId ?? '');
      if (
        (ended?.operation === 'plug' || ended?.operation === 'start') &&
        ended.deviceId !== undefined &&
        !mayGo &&
        !isAsked
      )
        plugged.add(ended.deviceId);
    }
    const deleted = deletedDevice(event);
    if (plugged.delete(deleted)) gone.push(deleted);
  }
  return gone;
}

/** Empty where the event is no deletion, or that of a part of a device, which has no id. */
function deletedDevice(event: RecordedEvent): string {
  const message = receivedQmpEvent(event);
  return message?.event === 'DEVICE_DELETED' ? textOf(message.data.device) : '';
}
