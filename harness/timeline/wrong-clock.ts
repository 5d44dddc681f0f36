import { type Echo, echoesIn } from './clock.ts';
import { isReset, kernelLine, type RecordedEvent } from './recording.ts';
import { type Standstill, standstillsIn, stoodStillMs } from './standstill.ts';

/**
 * How far the rate of a guest's clock may be off the host's. Linux measures the rate of the time-stamp counter early in the
 * boot, measures it again over a second, and takes the second value only if it is within 1 % of the first
 * (arch/x86/kernel/tsc.c, tsc_refine_calibration_work()): a first value further off stays, and every wait in the guest then
 * lasts longer or shorter by as much.
 *
 * It comes about under TCG on a busy host: quick_pit_calibrate() waits for the upper byte of the PIT's counter to go down by
 * one, and cannot see that it went down by 257 because the guest did not run in between. Seen once in 40 boots: 270383.7 MHz
 * instead of 2096.0, which is (256 + 2) / 2 times as much, one unseen turn of the counter while it went down by two.
 */
const LIMIT = 0.01;
/** Echoes that are closer say more about a clock that has jumped (`clock-contradiction`) than about its rate. */
export const SHORTEST_SPAN_MS = 100;

/** How much of the guest's time passed between two moments, and how much of the host's at least and at most. */
interface Elapsed {
  readonly guestMs: number;
  readonly hostAtLeastMs: number;
  readonly hostAtMostMs: number;
}

/**
 * Why the guest's clock cannot be believed: it runs at another rate than the host's, by more than LIMIT and by more than the
 * echoes leave open. Undefined when nothing proves that. Compared are the echoes before and after each operation.
 *
 * It is proven with the last event before the next operation: nothing that ended before that is in doubt for it.
 *
 * @param since where to begin: behind the end of an operation, whose echoes are the first that are compared with others
 */
export function wrongClockRate(events: readonly RecordedEvent[], since = 0): ClockContradiction | undefined {
  const standstills = standstillsIn(events.slice(since));
  let before: readonly Echo[] = [];
  let from = since;
  while (from < events.length) {
    const next = events.findIndex((event, at) => at > from && (isBegin(event) || isReset(event)));
    const to = next === -1 ? events.length : next;
    // A guest that is reset begins anew, and so does its clock.
    if (isReset(events[from])) before = [];
    // A reading of both clocks at once goes by the host's wall clock, which may be set at any time.
    const echoes = echoesIn(events.slice(from, to)).filter(({ paired }) => !paired);
    const proof = elapsedBetween([...before, ...echoes], standstills).find(isOff);
    if (proof) return { at: to - 1, why: describe(proof, events.slice(0, to)) };
    if (echoes.length > 0) before = echoes;
    from = to;
  }
  return undefined;
}

function isBegin(event: RecordedEvent): boolean {
  return event.source === 'harness' && event.event === 'begin';
}

/**
 * For every two echoes that are far enough apart: from the answer to the one to the arrival of the other. While the machine
 * stands still its clock may do so, too.
 */
function elapsedBetween(echoes: readonly Echo[], standstills: readonly Standstill[]): readonly Elapsed[] {
  return echoes.flatMap((later, index) =>
    echoes.slice(0, index).flatMap((earlier) => {
      const stoodMs = stoodStillMs(standstills, earlier.receivedMs, later.sentMs);
      const hostAtLeastMs = later.sentMs - earlier.receivedMs - stoodMs;
      if (hostAtLeastMs < SHORTEST_SPAN_MS) return [];
      const hostAtMostMs = later.receivedMs - earlier.sentMs;
      return [{ guestMs: later.guestReceivedMs - earlier.guestSentMs, hostAtLeastMs, hostAtMostMs }];
    }),
  );
}

function isOff({ guestMs, hostAtLeastMs, hostAtMostMs }: Elapsed): boolean {
  return guestMs < hostAtLeastMs * (1 - LIMIT) || guestMs > hostAtMostMs * (1 + LIMIT);
}

function describe({ guestMs, hostAtLeastMs, hostAtMostMs }: Elapsed, events: readonly RecordedEvent[]): string {
  const host = guestMs < hostAtLeastMs ? `at least ${hostAtLeastMs.toFixed(1)}` : `at most ${hostAtMostMs.toFixed(1)}`;
  const calibrated = events
    .flatMap((event) => kernelLine(event) ?? [])
    .findLast((text) => /^tsc: Detected /.test(text));
  const said = calibrated === undefined ? '' : `; its kernel had said "${calibrated}"`;
  return (
    `the guest's clock runs at another rate than the host's, and so do all waits in the guest: ${guestMs.toFixed(1)} ms passed ` +
    `on it while ${host} ms passed on the host's${said}. This happens on a busy host: boot again when it has less to do`
  );
}

/**
 * How far the rate of a guest's local APIC timer may be off what QEMU's has. On a busy host the kernel measures it wrongly
 * (docs/known-faults.md, "The timer's rate is measured wrongly"), corrects it by the ACPI timer, and says with what result;
 * with a guest that was not run in the meantime there is nothing to correct by. Right corrections were off by 0.04 % at most,
 * wrong ones by 0.7 to 2.2 %: the tenth of a per cent between is less than the step of the kernel's timer wheel in any wait.
 *
 * Known is only what the kernel says. Where it finds nothing to correct it may be off by up to 1 % without a word
 * (arch/x86/kernel/apic/apic.c, calibrate_by_pmtimer()).
 */
const TIMER_LIMIT = 0.001;

/** QEMU's local APIC counts once in 16 ns (hw/intc/apic_common.c: a bus cycle of 1 ns, divided by 16): in the 100 ms measured. */
const QEMU_COUNTS = 6_250_000;

/** Where a guest's kernel has set the rate of its timer wrongly, and how far; undefined when it has not said so. */
export function wrongTimerRate(
  events: readonly RecordedEvent[],
): { readonly at: number; readonly why: string } | undefined {
  for (const [at, event] of events.entries()) {
    const [said, counts] = /^APIC delta adjusted to PM-Timer: (\d+).*/s.exec(kernelLine(event) ?? '') ?? [];
    if (said === undefined) continue;
    const off = Number(counts) / QEMU_COUNTS - 1;
    if (Math.abs(off) <= TIMER_LIMIT) continue;
    const far = `${(Math.abs(off) * 100).toFixed(1)} % too ${off > 0 ? 'late' : 'early'}`;
    return { at, why: `the guest's timers run ${far}: its kernel said "${said}"` };
  }
  return undefined;
}

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
