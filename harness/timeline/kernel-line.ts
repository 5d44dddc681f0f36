import type { RecordedEvent } from './recording.ts';

/** The text of a line of the guest's kernel log. */
export function kernelLine(event: RecordedEvent): string | undefined {
  if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'kmsg') return undefined;
  return event.message.fields.text;
}
