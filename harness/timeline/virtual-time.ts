import type { Driver } from '../drivers/driver.ts';
import { PCI_REMOVED } from '../drivers/kernel-messages.ts';
import { anyOf, kernel, type Moment, uevent } from '../drivers/phase-table.ts';
import { isStartCommand, START_COMMANDS } from '../qemu/qmp-messages.ts';
import type { Phase } from '../vocabulary.ts';
import type { OperationWindow } from './operation-window.ts';
import type { Sign, VirtualFacts } from './outcome.ts';
import { isSent, type RecordedEvent, sentCommand } from './recording.ts';

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

/** An operation on the host's clock, where it is measured on the virtual one. */
export interface WallTime {
  /** When it was begun, in milliseconds since the recording began. */
  readonly hostStartMs: number;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
}

export function wallTimeOf({ events }: OperationWindow, signs: readonly Sign[]): WallTime {
  const started = events.find((event) => isStartCommand(sentCommand(event)?.execute ?? ''));
  const hostStartMs = (started ?? events[0])?.hostMs ?? 0;
  return { hostStartMs, wallMs: (signs[0]?.event.hostMs ?? hostStartMs) - hostStartMs };
}

/** A nanosecond: stamps are whole ones, and their sums are floating-point numbers of milliseconds. */
const NO_TIME_MS = 1e-6;

const removed = anyOf(kernel(PCI_REMOVED), uevent('remove', 'pci'));

/**
 * @param moments the operation's own
 * @param phasesUntil the phases of the operation if it has this latency
 */
export function virtualFacts(
  startedAtMs: number,
  moments: readonly Moment[],
  { letsGo }: Driver,
  phasesUntil: (latencyMs: number) => readonly Phase[],
): VirtualFacts {
  const removalMs = removalOf(startedAtMs, moments, letsGo);
  return {
    removalMs,
    lostBefore: holeIn(moments, startedAtMs, removalMs),
    hostWork: (latencyMs) =>
      phasesUntil(latencyMs).find(({ kind, durationMs }) => kind === 'host' && durationMs > NO_TIME_MS),
  };
}

/** When the guest let the device go, which is after it was off its bus, counted from the command. */
function removalOf(startedAtMs: number, moments: readonly Moment[], letsGo: Driver['letsGo']): number | undefined {
  const own = moments.filter(({ atMs }) => atMs >= startedAtMs);
  const offBus = own.findIndex(removed);
  if (offBus === -1) return undefined;
  const last = own.find((moment, index) => index >= offBus && letsGo(moment)) ?? own[offBus];
  return last && last.atMs - startedAtMs;
}

/** What is missing of the log from the start on until the device was let go; it may have been the line that says it. */
function holeIn(moments: readonly Moment[], startMs: number, latencyMs = Number.POSITIVE_INFINITY): string | undefined {
  const hole = moments.find((one) => one.source === 'hole' && one.untilMs > startMs && one.atMs < startMs + latencyMs);
  return hole?.source === 'hole' ? hole.text : undefined;
}
