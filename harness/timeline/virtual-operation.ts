import { PCI_REMOVED } from '../drivers/driver-core-lines.ts';
import { drivers } from '../drivers/index.ts';
import type { Moment } from '../drivers/moment.ts';
import { anyOf, kernel, uevent } from '../drivers/phase-table.ts';
import { isStartCommand } from '../qemu/start-commands.ts';
import type { Controller, Phase } from '../vocabulary.ts';
import { conclusionOf } from './conclusion.ts';
import type { JudgedOperation } from './judge.ts';
import { sentCommand } from './recorded-qmp.ts';
import type { Stretch } from './stretch.ts';

const removed = anyOf(kernel(PCI_REMOVED), uevent('remove', 'pci'));

/** An operation that was judged on the virtual clock, with the end that an unplug has there and what the host took for it. */
export function judgedVirtually(
  judged: JudgedOperation,
  { events }: Stretch,
  moments: readonly Moment[],
  controller: Controller,
): JudgedOperation {
  const concluded = events.find((event) => conclusionOf(judged.operation, event));
  const started = events.find((event) => isStartCommand(sentCommand(event)?.execute ?? ''));
  const hostStartMs = started?.hostMs ?? events[0]?.hostMs ?? 0;
  const wallMs = (concluded?.hostMs ?? hostStartMs) - hostStartMs;
  const whole = { ...judged, hostStartMs, wallMs };
  if (judged.outcome !== 'ok') return whole;
  const latencyMs = judged.operation.operation === 'unplug' ? removalMs(judged, moments, controller) : judged.latencyMs;
  const { latencyMs: _, ...failed } = whole;
  const hole = judged.operation.operation === 'unplug' ? holeIn(moments, judged.startedAtMs, latencyMs) : undefined;
  if (hole !== undefined)
    return {
      ...failed,
      outcome: 'aborted',
      detail: `when the guest let the device go is not known: lost were ${hole}`,
    };
  if (latencyMs === undefined)
    return { ...failed, outcome: 'aborted', detail: "the guest's log does not say when it let the device go" };
  const { timeoutMs } = judged.operation;
  if (latencyMs > timeoutMs) return { ...failed, outcome: 'timeout', detail: `took longer than ${timeoutMs} ms` };
  return { ...whole, latencyMs };
}

/** A nanosecond: stamps are whole ones, and their sums are floating-point numbers of milliseconds. */
const NO_TIME_MS = 1e-6;

/** The operation as it is when the clock it was measured on cannot be believed. */
export function onUnknownClock(judged: JudgedOperation, why: string): JudgedOperation {
  if (judged.outcome !== 'ok') return judged;
  const { latencyMs: _, ...failed } = judged;
  return { ...failed, outcome: 'aborted', detail: why };
}

/**
 * The operation as it is when its phases have been told: on this clock the host's work takes no time, since the machine
 * stands still while QEMU carries a command out. Where it seems to take some, the clocks were not tied as they should be, and
 * no time of this operation can be believed.
 */
export function withoutHostTime(judged: JudgedOperation, phases: readonly Phase[]): JudgedOperation {
  const host = phases.find(({ kind, durationMs }) => kind === 'host' && durationMs > NO_TIME_MS);
  if (!host) return judged;
  const detail =
    `${host.name} seems to have taken ${host.durationMs.toFixed(3)} ms of virtual time, and is the host's work, ` +
    'which takes none on this clock: the clocks of host and guest are not tied as they should be';
  return onUnknownClock(judged, detail);
}

/** What is missing of the log from the start on until the device was let go; it may have been the line that says it. */
function holeIn(moments: readonly Moment[], startMs: number, latencyMs = Number.POSITIVE_INFINITY): string | undefined {
  const hole = moments.find((one) => one.source === 'hole' && one.untilMs > startMs && one.atMs < startMs + latencyMs);
  return hole?.source === 'hole' ? hole.text : undefined;
}

/** When the guest let the device go, which is after it was off its bus, counted from the command. */
function removalMs({ startedAtMs }: JudgedOperation, moments: readonly Moment[], controller: Controller) {
  const own = moments.filter(({ atMs }) => atMs >= startedAtMs);
  const offBus = own.findIndex(removed);
  if (offBus === -1) return undefined;
  const last = own.find((moment, index) => index >= offBus && drivers[controller].letsGo(moment)) ?? own[offBus];
  return last && last.atMs - startedAtMs;
}
