import { VIRTUAL_RTC_BASE } from '../../qemu/command-line.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Session } from './session.ts';

/**
 * QEMU's virtual clock, read from three of the machine's timers while the machine stands still. QMP has no command for it
 * (QEMU 5.2 to 11.1: `query-replay` has instructions, but only while recording; qtest's `clock_step` only with the
 * accelerator qtest). None of the three is enough by itself:
 *
 * - The RTC (with `-rtc clock=vm`) says which second it is, from when the machine was created, and never wraps
 *   (hw/rtc/mc146818rtc.c rtc_get_date()).
 * - The ACPI timer, 3.579545 MHz in 24 bits, says where in 4.687 s it is, to 0.28 µs (hw/acpi/core.c acpi_pm_tmr_get()).
 * - The HPET's main counter, 10 ns a tick, counts from when the guest last switched it on (hw/timer/hpet.c
 *   hpet_get_ticks()).
 *
 * Read at one moment, the first two give the time and with it the HPET's zero; from then on the HPET alone says what time it
 * is. The guest has the same clock in its time-stamp counter (cpus_get_elapsed_ticks()), which the agent reads: that it
 * lies between the readings before and after it is checked at every boot (timeline/wrong-clock.ts).
 */

const HPET_TICK_NS = 10;
const PM_TIMER_HZ = 3_579_545;
const PM_TIMER_PERIOD_TICKS = 2 ** 24;
const NS_PER_S = 1e9;
const PM_TICK_NS = NS_PER_S / PM_TIMER_HZ;

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

/** Whole seconds since the machine was created, of the property `rtc-time` of `/machine`: C's `struct tm`. */
export function parseRtc(value: unknown): number | undefined {
  const { tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec } = (value ?? {}) as Readonly<Record<string, number>>;
  const at = Date.UTC(1900 + (tm_year ?? Number.NaN), tm_mon ?? 0, tm_mday, tm_hour, tm_min, tm_sec);
  return Number.isNaN(at) ? undefined : (at - Date.parse(`${VIRTUAL_RTC_BASE}Z`)) / 1000;
}

/**
 * Nanoseconds since the machine was created, to within half a tick of the ACPI timer: the one among those it may mean that
 * lies in the RTC's second. There is none when the guest has set the RTC, or runs it otherwise than a second a second.
 */
export function virtualNsOf(pmTicks: number, rtcSeconds: number): Result<number, string> {
  // The ACPI timer shows the tick that has begun: half of one is the best guess at how much of it has passed.
  const inPeriodNs = (pmTicks + 0.5) * PM_TICK_NS;
  const periodNs = PM_TIMER_PERIOD_TICKS * PM_TICK_NS;
  const fromNs = rtcSeconds * NS_PER_S;
  const periods = Math.ceil((fromNs - PM_TICK_NS - inPeriodNs) / periodNs);
  const virtualNs = inPeriodNs + periods * periodNs;
  if (virtualNs < fromNs + NS_PER_S + PM_TICK_NS) return ok(virtualNs);
  return fail(
    `its RTC is in second ${rtcSeconds} since the machine was created, and its ACPI timer, at ${pmTicks} of ` +
      `${PM_TIMER_PERIOD_TICKS} ticks, is in none of the periods of 4.687 s that would fit; has the guest set the RTC?`,
  );
}

/** Virtual nanoseconds since the machine was created, and what the HPET showed then. */
export interface ClockReading {
  readonly virtualNs: number;
  readonly hpetNs: number;
}

type Machine = Pick<Session, 'execute'>;

/**
 * The virtual clock of a machine that stands still.
 *
 * @param offsetNs what the virtual clock is ahead of the HPET, if that is known from a reading before
 */
export async function readClock(machine: Machine, offsetNs: number | undefined): Promise<Result<ClockReading, string>> {
  const said = await monitor(machine, 'xp /2xw 0xfed000f0');
  const hpetNs = parseHpet(said);
  if (hpetNs === undefined) return fail(`its HPET cannot be read: QEMU says ${JSON.stringify(said)}`);
  // Switched off it stands still, and Linux sets it to 0 when it switches it on.
  if (hpetNs === 0)
    return fail('its HPET is switched off; "hpet=disable" and machines without one have no virtual time');
  if (offsetNs !== undefined) return ok({ virtualNs: hpetNs + offsetNs, hpetNs });
  const virtualNs = await readCoarseClock(machine);
  return virtualNs.ok ? ok({ virtualNs: virtualNs.value, hpetNs }) : virtualNs;
}

/** The same to 0.14 µs, which needs no HPET: the guest's firmware has not switched that on. */
export async function readCoarseClock(machine: Machine): Promise<Result<number, string>> {
  const ticks = await monitor(machine, 'i /w 0x608');
  const pmTicks = parsePmTimer(ticks);
  if (pmTicks === undefined) return fail(`its ACPI timer cannot be read: QEMU says ${JSON.stringify(ticks)}`);
  const time = await machine.execute({
    execute: 'qom-get',
    arguments: { path: '/machine', property: 'rtc-time' },
  });
  const rtcSeconds = time.ok ? parseRtc(time.value) : undefined;
  if (rtcSeconds !== undefined) return virtualNsOf(pmTicks, rtcSeconds);
  return fail(`its RTC cannot be read: QEMU says ${JSON.stringify(time.ok ? time.value : time.failure)}`);
}

async function monitor({ execute }: Machine, line: string): Promise<string> {
  const answer = await execute({ execute: 'human-monitor-command', arguments: { 'command-line': line } });
  return answer.ok ? String(answer.value) : answer.failure;
}
