import { type QmpMessage, qmpMessage } from '../qemu/qmp-messages.ts';
import type { RecordedEvent } from './recording.ts';

/** The QMP command that an event is the writing of. */
export function sentCommand(event: RecordedEvent): Extract<QmpMessage, { kind: 'command' }> | undefined {
  if (event.source !== 'qmp' || event.direction !== 'sent') return undefined;
  const message = qmpMessage(event.message);
  return message.kind === 'command' ? message : undefined;
}

export function isSent(event: RecordedEvent, ...commands: readonly string[]): boolean {
  const sent = sentCommand(event);
  return sent !== undefined && commands.includes(sent.execute);
}

/** The QMP event that QEMU sent, such as DEVICE_DELETED. */
export function receivedQmpEvent(event: RecordedEvent): Extract<QmpMessage, { kind: 'event' }> | undefined {
  if (event.source !== 'qmp' || event.direction !== 'received') return undefined;
  const message = qmpMessage(event.message);
  return message.kind === 'event' ? message : undefined;
}

/** The text of a line of the guest's kernel log. */
export function kernelLine(event: RecordedEvent): string | undefined {
  if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'kmsg') return undefined;
  return event.message.fields.text;
}
