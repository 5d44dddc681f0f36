import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHpet, parsePmTimer, parseRtc, virtualNsOf } from './virtual-clock.ts';

const pmTicksAt = (ns: number) => Math.floor((ns / 1e9) * 3_579_545) % 2 ** 24;

test("QEMU's answers are read, both words of the HPET", () => {
  expect(parseHpet('00000000fed000f0: 0x017d2a34 0x00000001\r\n')).toBe((2 ** 32 + 0x017d2a34) * 10);
  expect(parsePmTimer('portl[0x0608] = 0x001701ee\r\n')).toBe(0x001701ee);
  const rtc = { tm_year: 124, tm_sec: 12, tm_hour: 1, tm_min: 2, tm_mon: 0, tm_mday: 1 };
  expect(parseRtc(rtc)).toBe(3600 + 120 + 12);
});

test('what QEMU says instead is no time', () => {
  expect(parseHpet('Cannot access memory\r\n')).toBeUndefined();
  expect(parsePmTimer('')).toBeUndefined();
  expect(parseRtc(undefined)).toBeUndefined();
});

test('the time is found to within half a tick of the ACPI timer, however often that has wrapped', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 * 3600 * 1e9 }), (ns) => {
      const found = virtualNsOf(pmTicksAt(ns), Math.floor(ns / 1e9));
      expect(found.ok && Math.abs(found.value - ns)).toBeLessThan(145);
    }),
  );
});

test('an RTC that the guest has set by two seconds or more, but not by whole periods, contradicts the ACPI timer', () => {
  const seconds = fc.integer({ min: 2, max: 3 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3600 * 1e9 }), seconds, (ns, ahead) => {
      const found = virtualNsOf(pmTicksAt(ns), Math.floor(ns / 1e9) + ahead);
      expect(found.ok).toBe(false);
    }),
  );
});
