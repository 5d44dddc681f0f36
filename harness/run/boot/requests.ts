import type { Result } from '../../result.ts';
import { conclusionOf } from '../../timeline/conclusion.ts';
import { belongs, type Operation, type RecordedEvent, receivedQmpEvent } from '../../timeline/recording.ts';
import { giveUp, type OperationContext } from './operation.ts';

/**
 * Makes the measured request, and where the scenario says so, again and again until the operation has ended: a plug until QEMU
 * accepts it, since there is then a device of that id; an unplug until the device has gone.
 *
 * @returns whether QEMU accepted the last of them
 */
export async function requests(
  { recorder }: Pick<OperationContext, 'recorder'>,
  operation: Operation,
  request: () => Promise<Result<unknown, string>>,
): Promise<boolean> {
  const { everyMs, times } = operation.retry ?? { everyMs: 0, times: 1 };
  const from = recorder.events.findLastIndex((event) => isBegin(event) && belongs(event, operation));
  for (let left = times; ; left -= 1) {
    const answer = await request();
    if (left === 1 && !answer.ok && operation.retry)
      giveUp(
        recorder,
        operation,
        'still-refused',
        `refused ${times} times, ${everyMs} ms apart, at last: ${answer.failure}`,
      );
    if (left === 1 || (answer.ok && operation.operation === 'plug')) return answer.ok;
    const ended = await recorder.waitFor(from, (event) => conclusionOf(operation, event), everyMs);
    if (ended) return answer.ok;
  }
}

function isBegin(event: RecordedEvent): boolean {
  return event.source === 'harness' && event.event === 'begin';
}

/**
 * Whether this unplug, which has ended well, is the one to remove the backend of its device. Of several that were under way
 * when the device went, that is the first.
 */
export function isToRelease(events: readonly RecordedEvent[], { number, deviceId }: Operation): boolean {
  const gone = events.findLastIndex((event) => {
    const message = receivedQmpEvent(event);
    return message?.event === 'DEVICE_DELETED' && message.data.device === deviceId;
  });
  const underWay = new Set<number | undefined>();
  for (const event of events.slice(0, gone)) {
    if (event.source !== 'harness') continue;
    if (event.event === 'begin' && event.operation.operation === 'unplug' && event.operation.deviceId === deviceId)
      underWay.add(event.operation.number);
    if (event.event === 'end') underWay.delete(event.operation);
  }
  return [...underWay][0] === number;
}
