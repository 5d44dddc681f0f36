import { START_COMMANDS } from '../qemu/start-commands.ts';
import { isSent } from './recorded-qmp.ts';
import type { RecordedEvent } from './recording.ts';

/**
 * From the start of QEMU's process to the command that begins the boot, in milliseconds: creating the machine and connecting to it. It lies before
 * what is measured as the boot. Undefined when it never got there.
 */
export function qemuStartMs(events: readonly RecordedEvent[]): number | undefined {
  const started = events.find((event) => event.source === 'process' && event.event === 'started');
  const continued = events.find((event) => isSent(event, START_COMMANDS.boot, START_COMMANDS.restore));
  return started && continued ? continued.atMs - started.atMs : undefined;
}
