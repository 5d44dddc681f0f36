import type { Moment } from '../drivers/phase-table.ts';
import { isStartCommand, qmpMessage, textOf } from '../qemu/qmp-messages.ts';
import { type Anchor, hostTimeOf } from './clock.ts';
import type { GuestTime } from './losses.ts';
import type { OperationWindow } from './operation-window.ts';
import type { RecordedEvent } from './recording.ts';

/**
 * All moments of a window in order of time. What the guest kept in its journal is taken from the gap after the
 * operation; it may reach back before the operation, which whoever reads it has to bound.
 */
export function momentsOf(window: OperationWindow): readonly Moment[] {
  const { hostOf: fromGuest, monotonicOf } = guestClocksOf(window);
  const moments: Moment[] = [];
  const add = (guestMs: number | undefined, what: DistributiveOmit<Moment, 'atMs'>) => {
    const atMs = fromGuest(guestMs);
    if (atMs !== undefined) moments.push({ atMs, ...what } as Moment);
  };

  add(0, { source: 'agent', what: 'clock-zero' });
  const commands = new Map<unknown, string>();
  for (const event of [...window.events, ...window.gapAfter]) {
    if (event.source === 'harness' && event.event === 'virtual-clock' && event.at !== undefined)
      moments.push({ atMs: event.atMs, source: 'harness', what: event.at });
    if (event.source === 'qmp') {
      const moment = qmpMoment(event, commands);
      if (moment) moments.push(moment);
    }
    if (event.source === 'firmware') moments.push({ atMs: event.atMs, source: 'firmware', text: event.text });
    if (event.source !== 'agent' || event.direction !== 'received') continue;
    const { kind, fields, guestNs } = event.message;
    if (kind === 'ready') add(guestNs / 1e6, { source: 'agent', what: 'ready' });
    if (kind === 'uevent') {
      const { action = '', subsystem = '', path = '' } = fields;
      add(guestNs / 1e6, { source: 'uevent', action, subsystem, path });
    } else if (kind === 'kmsg') {
      // The kernel log's own clock is tied to CLOCK_MONOTONIC as that is tied to the host's.
      const { us, text = '' } = fields;
      add(monotonicOf(Number(us) / 1e3), { source: 'kernel', text });
      const zeroMs = logZeroMs(text);
      if (zeroMs !== undefined) add(monotonicOf(zeroMs), { source: 'agent', what: 'log-zero' });
    } else if (kind === 'usable' && fields.device === window.operation.deviceId) {
      add(Number(fields.appeared) / 1e6, { source: 'agent', what: 'appeared', class: fields.class ?? 'block' });
    }
  }
  const timeOf = ({ clock, ms }: GuestTime) => fromGuest(clock === 'monotonic' ? ms : monotonicOf(ms));
  for (const { hole, detail } of window.losses) {
    if (!hole) continue;
    // A moment that cannot be brought to the host's clock may have been any.
    const atMs = (hole.after && timeOf(hole.after)) ?? Number.NEGATIVE_INFINITY;
    const untilMs = (hole.until && timeOf(hole.until)) ?? Number.POSITIVE_INFINITY;
    moments.push({ atMs, source: 'hole', untilMs, text: detail });
  }
  return moments.toSorted((a, b) => a.atMs - b.atMs);
}

/** The guest's clocks around an operation, in milliseconds; each gives undefined where it is not known. */
export interface GuestClocks {
  /** The recording's clock from CLOCK_MONOTONIC. */
  readonly hostOf: (monotonicMs: number | undefined) => number | undefined;
  /** CLOCK_MONOTONIC from the clock of the kernel log. */
  readonly monotonicOf: (logMs: number) => number | undefined;
}

export function guestClocksOf({
  clockBefore,
  clockAfter,
  standstills,
  gapBefore,
  gapAfter,
}: OperationWindow): GuestClocks {
  const [tieBefore, tieAfter] = [tieIn(gapBefore), tieIn(gapAfter)];
  return {
    hostOf: (ms) => (ms === undefined ? undefined : hostTimeOf(ms, clockBefore, clockAfter, standstills)),
    monotonicOf: (ms) => hostTimeOf(ms, tieBefore, tieAfter),
  };
}

/**
 * What the kernel log's clock would have shown, in milliseconds, when it began, had it always been what it is since the kernel
 * trusts it: kernel/sched/clock.c __set_sched_clock_stable() then moves it by the last number of this line, in nanoseconds.
 */
function logZeroMs(text: string): number | undefined {
  const [, movedNs] = /^sched_clock: Marking stable \(.*\)->\(-?\d+, (-?\d+)\)$/.exec(text) ?? [];
  return movedNs === undefined ? undefined : Number(movedNs) / 1e6;
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Commands that begin operations, their replies, and QMP events. Other commands only prepare what is measured. */
function qmpMoment(event: RecordedEvent & { source: 'qmp' }, measured: Map<unknown, string>): Moment | undefined {
  const message = qmpMessage(event.message);
  const { atMs } = event;
  switch (message.kind) {
    case 'command': {
      const command = message.execute;
      if (!isStartCommand(command)) return undefined;
      if (message.id !== undefined) measured.set(message.id, command);
      return { atMs, source: 'qmp', what: 'sent', command };
    }
    case 'event': {
      const { device, path } = message.data;
      return { atMs, source: 'qmp', what: 'event', name: message.event, device: textOf(device), path: textOf(path) };
    }
    case 'return': {
      const command = measured.get(message.id);
      return command === undefined ? undefined : { atMs, source: 'qmp', what: 'returned', command };
    }
    default:
      return undefined;
  }
}

/**
 * The closest tie in a gap: a line that the agent wrote to the kernel log has the log's own stamp, which lies between
 * the CLOCK_MONOTONIC readings before and after the writing. In the anchor, "host" is CLOCK_MONOTONIC and "guest" is
 * the kernel log's clock.
 */
function tieIn(gap: readonly RecordedEvent[]): Anchor | undefined {
  const stamps = new Map<string, number>();
  const brackets: { readonly beforeNs: string; readonly afterMs: number }[] = [];
  for (const event of gap) {
    if (event.source !== 'agent' || event.direction !== 'received') continue;
    const { kind, fields, guestNs } = event.message;
    const beforeNs = kind === 'kmsg' ? /^hotplug-bench: clock (\d+)$/.exec(fields.text ?? '')?.[1] : undefined;
    if (beforeNs !== undefined) stamps.set(beforeNs, Number(fields.us) / 1e3);
    if (kind === 'tie' && fields.before !== undefined)
      brackets.push({ beforeNs: fields.before, afterMs: guestNs / 1e6 });
  }
  const anchors = brackets.flatMap(({ beforeNs, afterMs }) => {
    const kernelMs = stamps.get(beforeNs);
    const beforeMs = Number(beforeNs) / 1e6;
    if (kernelMs === undefined) return [];
    return [{ hostMs: (beforeMs + afterMs) / 2, guestMs: kernelMs, uncertaintyMs: (afterMs - beforeMs) / 2 }];
  });
  return anchors.toSorted((a, b) => a.uncertaintyMs - b.uncertaintyMs)[0];
}
