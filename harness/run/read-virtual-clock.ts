import { fail, ok, type Result } from '../result.ts';
import type { Session } from './session.ts';
import { parseHpet, parsePmTimer, parseRtc, virtualNsOf } from './virtual-clock-reading.ts';

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
