import { START_COMMANDS } from '../qemu/qmp-messages.ts';
import { isSent } from './recorded-messages.ts';
import type { RecordedEvent } from './recording.ts';

/**
 * A recording whose times are those of QEMU's virtual clock instead of the host's, which move to `hostMs`.
 *
 * The clock is only known while the machine stands still. What happened then has its exact time; what reached the harness
 * while the guest ran has that of the next halt, which it came before. Nothing is measured by the latter: what the guest
 * says has stamps of its own, which the time-stamp counter ties to this clock.
 */
export function inVirtualTime(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const isFromTheStart =
    events.some((event) => event.source === 'process' && event.event === 'started') &&
    !events.some((event) => isSent(event, START_COMMANDS.restore));
  const times: number[] = [];
  let knownMs: number | undefined = isFromTheStart ? 0 : undefined;
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'virtual-clock') {
      knownMs = event.virtualNs / 1e6;
      for (let at = times.length - 1; at >= 0 && Number.isNaN(times[at]); at--) times[at] = knownMs;
    }
    // The command itself is given while the guest still stands.
    times.push(knownMs ?? Number.NaN);
    if (isSent(event, START_COMMANDS.boot)) knownMs = undefined;
  }
  // Nothing was read after these: QEMU died, or the recording ends.
  const last = times.findLast((ms) => !Number.isNaN(ms)) ?? 0;
  let isBooting = false;
  return events.flatMap((event, index) => {
    if (event.source === 'harness' && event.event === 'begin') isBooting = event.operation.operation === 'boot';
    // Only the first instruction of a boot is an event of an operation; the others are how the clock is read.
    if (isSent(event, START_COMMANDS.boot) && !isBooting) return [];
    const ms = times[index] ?? Number.NaN;
    return [{ ...event, atMs: Number.isNaN(ms) ? last : ms, hostMs: event.atMs }];
  });
}
