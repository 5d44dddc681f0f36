/**
 * QEMU's virtual clock, read from two of the machine's timers through the human monitor while the machine stands still.
 * QMP has no command for it (7.2: `query-replay` has instructions, but only while recording; qtest's `clock_step` only with
 * the accelerator qtest).
 *
 * - The HPET's main counter, 10 ns a tick, counts from when the guest switched it on (hw/timer/hpet.c hpet_get_ticks()).
 * - The ACPI timer, 3.579545 MHz in 24 bits, counts from when the machine was created (hw/acpi/core.c acpi_pm_tmr_get()).
 *
 * Read at one moment, the second gives the first's zero, to within one of its ticks (0.28 µs); from then on the HPET alone
 * says what time it is. The guest has the same clock in its time-stamp counter (target/i386/tcg, cpus_get_elapsed_ticks()),
 * where the agent reads it beside CLOCK_MONOTONIC.
 *
 * Limit: the HPET has to have been switched on within the ACPI timer's period, 4.69 s of guest time after its first
 * instruction. SeaBIOS and Linux 6.1 take 0.2 s.
 */

const HPET_TICK_NS = 10;
const PM_TIMER_HZ = 3_579_545;
const PM_TIMER_PERIOD_TICKS = 2 ** 24;
const NS_PER_S = 1e9;

/** Nanoseconds of the answer to `xp /2xw 0xfed000f0`: `00000000fed000f0: 0x017d2a34 0x00000000`. */
export function parseHpet(text: string): number | undefined {
  const [, low, high] = /: 0x([0-9a-f]{8}) 0x([0-9a-f]{8})/.exec(text) ?? [];
  if (low === undefined || high === undefined) return undefined;
  return (Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16)) * HPET_TICK_NS;
}

/** Ticks of the answer to `i /w 0x608`: `portl[0x0608] = 0x001701ee`. */
export function parsePmTimer(text: string): number | undefined {
  const [, ticks] = /= (?:0x)?([0-9a-f]+)/.exec(text) ?? [];
  return ticks === undefined ? undefined : Number.parseInt(ticks, 16) % PM_TIMER_PERIOD_TICKS;
}

/** What has to be added to the HPET's nanoseconds to have QEMU's virtual clock. Both were read at one moment. */
export function virtualOffsetNs(hpetNs: number, pmTicks: number): number {
  const hpetTicks = (hpetNs / NS_PER_S) * PM_TIMER_HZ;
  // The ACPI timer shows the tick that has begun: half of one is the best guess at how much of it has passed.
  const ahead = (pmTicks + 0.5 - hpetTicks) % PM_TIMER_PERIOD_TICKS;
  const ticks = ahead < 0 ? ahead + PM_TIMER_PERIOD_TICKS : ahead;
  return (ticks / PM_TIMER_HZ) * NS_PER_S;
}
