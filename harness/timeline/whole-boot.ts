import { START_COMMANDS } from '../qemu/qmp-messages.ts';
import { isSent, processStart, type RecordedEvent } from './recording.ts';

/**
 * Whether a recording holds a boot from its beginning to its end: every operation ended, none because the user wanted the
 * run to end, and QEMU seen to its end. The last matters: after an operation has ended the clocks are tied and the guest's
 * journal is read, and a recording that stops before that has no phases for it.
 *
 * @param operations how many there are in a whole one
 */
export function isWholeBoot(events: readonly RecordedEvent[], operations: number): boolean {
  let ended = 0;
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'end') ended += 1;
    if (event.source === 'harness' && event.event === 'give-up' && event.reason === 'interrupted') return false;
  }
  return ended === operations && hasQemuEnded(events);
}

/** Whether every process that was started was seen to its end. */
export function hasQemuEnded(events: readonly RecordedEvent[]): boolean {
  let running = 0;
  for (const event of events) if (event.source === 'process') running += event.event === 'started' ? 1 : -1;
  return running === 0;
}

/**
 * From the start of QEMU's process to the command that begins the boot, in milliseconds: creating the machine and connecting to
 * it. It lies before what is measured as the boot. Undefined when it never got there.
 */
export function qemuStartMs(events: readonly RecordedEvent[]): number | undefined {
  const started = processStart(events);
  const continued = events.find((event) => isSent(event, START_COMMANDS.boot, START_COMMANDS.restore));
  return started && continued ? continued.atMs - started.atMs : undefined;
}

/** QEMU's memory in RAM at the end of the boot, in MiB; undefined where nobody looked. */
export function residentMiB(events: readonly RecordedEvent[]): number | undefined {
  const seen = events.findLast((event) => event.source === 'harness' && event.event === 'memory');
  return seen?.source === 'harness' && seen.event === 'memory' ? seen.residentMiB : undefined;
}

/** What the runner noted of a boot while no operation was under way: no sample says it. Undefined if there is nothing. */
export function failureOutside(events: readonly RecordedEvent[]): string | undefined {
  let underWay = 0;
  for (const event of events) {
    if (event.source !== 'harness') continue;
    if (event.event === 'begin') underWay += 1;
    if (event.event === 'end') underWay -= 1;
    if (event.event === 'give-up' && underWay === 0) return event.detail;
  }
  return undefined;
}
