import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHpet, parsePmTimer, virtualOffsetNs } from './virtual-clock-reading.ts';

test("QEMU's answers are read, both words of the HPET", () => {
  expect(parseHpet('00000000fed000f0: 0x017d2a34 0x00000001\r\n')).toBe((2 ** 32 + 0x017d2a34) * 10);
  expect(parsePmTimer('portl[0x0608] = 0x001701ee\r\n')).toBe(0x001701ee);
});

test('what QEMU says instead is no time', () => {
  expect(parseHpet('Cannot access memory\r\n')).toBeUndefined();
  expect(parsePmTimer('')).toBeUndefined();
});

test('the offset is found to within half a tick of the ACPI timer, however long the guest has run', () => {
  const hours = fc.integer({ min: 0, max: 10 * 3600 * 1e9 });
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 4.5e9 }), hours, (offsetNs, sinceNs) => {
      const pmTicks = Math.floor(((offsetNs + sinceNs) / 1e9) * 3_579_545) % 2 ** 24;
      expect(Math.abs(virtualOffsetNs(sinceNs, pmTicks) - offsetNs)).toBeLessThan(145);
    }),
  );
});
