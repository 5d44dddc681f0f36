import { qmpId } from '../qemu/qmp-messages.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** The id of a QMP command that was sent for an operation: `op3/17`. QEMU repeats it in its reply. */
export function commandTag(operation: Operation): string | undefined {
  return operation.number === undefined ? undefined : `op${operation.number}`;
}

/**
 * Whether an event may be about this operation, where several are under way at once: not if it says that it is about
 * another. Recordings from before there were several say nothing, and everything in them is about the one there is.
 */
export function belongs(event: RecordedEvent, operation: Operation): boolean {
  if (operation.number === undefined) return true;
  if (event.source === 'harness') {
    if (event.event === 'begin') return event.operation.number === operation.number;
    return !('operation' in event) || event.operation === undefined || event.operation === operation.number;
  }
  if (event.source !== 'qmp') return true;
  const id = qmpId(event.message);
  return typeof id !== 'string' || id.split('/')[0] === commandTag(operation);
}
