import type { RecordedEvent } from './recording.ts';

/** The first of these begins the boot: one from the firmware on, or one that is restored. */
const BEGINS_BOOT: ReadonlySet<string> = new Set(['cont', 'migrate-incoming']);

/**
 * From the start of QEMU's process to `cont`, in milliseconds: creating the machine and connecting to it. It lies before
 * what is measured as the boot. Undefined when it never got there.
 */
export function qemuStartMs(events: readonly RecordedEvent[]): number | undefined {
  const started = events.find((event) => event.source === 'process' && event.event === 'started');
  const continued = events.find(
    (event) =>
      event.source === 'qmp' &&
      event.direction === 'sent' &&
      BEGINS_BOOT.has((event.message as { readonly execute?: string }).execute ?? ''),
  );
  return started && continued ? continued.atMs - started.atMs : undefined;
}
