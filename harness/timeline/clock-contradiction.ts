import type { RecordedEvent } from './recording.ts';

/**
 * How far a reading of the virtual clock from outside may lie on the wrong side of one from inside: the ACPI timer ties it to
 * half a tick of 0.28 µs (run/session/virtual-clock.ts). What it has to find are whole periods of that timer, 4.687 s.
 */
const TOLERANCE_NS = 1_000;

/** What is wrong with a virtual clock, for a person, and the event that shows it, by its place among the events. */
export interface ClockContradiction {
  readonly at: number;
  readonly why: string;
}

/**
 * Why the virtual clock in these events cannot be believed; undefined when it can.
 *
 * The guest's time-stamp counter is the same clock (QEMU's cpus_get_elapsed_ticks() under -icount), read by the agent with
 * an instruction instead of by the monitor from timers. The machine stands still before and after each such reading, so it
 * has to lie between the two halts.
 */
export function clockContradiction(events: readonly RecordedEvent[]): ClockContradiction | undefined {
  let haltedNs: number | undefined;
  let guestNs: number | undefined;
  for (const [at, event] of events.entries()) {
    if (event.source === 'harness' && event.event === 'virtual-clock-unread')
      return { at, why: `the virtual clock of this machine cannot be told: ${event.detail}` };
    if (event.source === 'harness' && event.event === 'virtual-clock') {
      haltedNs = event.virtualNs;
      if (guestNs !== undefined && guestNs > haltedNs + TOLERANCE_NS)
        return { at, why: contradiction(guestNs, 'before', haltedNs) };
      guestNs = undefined;
    }
    if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'clocks') continue;
    guestNs = Number(event.message.fields.tsc);
    if (haltedNs !== undefined && guestNs < haltedNs - TOLERANCE_NS)
      return { at, why: contradiction(guestNs, 'after', haltedNs) };
  }
  return undefined;
}

function contradiction(guestNs: number, side: 'before' | 'after', haltedNs: number): string {
  const [guestMs, haltedMs] = [guestNs, haltedNs].map((ns) => (ns / 1e6).toFixed(3));
  return (
    `two readings of the virtual clock contradict each other: the guest's time-stamp counter was at ${guestMs} ms ` +
    `${side} a halt that QEMU's timers put at ${haltedMs} ms`
  );
}
