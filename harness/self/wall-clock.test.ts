import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monotonicOf, tieWallClock, type WallClockTie, wallClockDriftMs } from './wall-clock.ts';

const tie = (monotonicMs: number, wallMs: number): WallClockTie => ({ monotonicMs, wallMs, uncertaintyMs: 0 });

test('a tie is a moment between the call and its return, on a whole millisecond of the wall clock', () => {
  const before = Number(process.hrtime.bigint()) / 1e6;
  const { monotonicMs, wallMs, uncertaintyMs } = tieWallClock();
  const after = Number(process.hrtime.bigint()) / 1e6;
  expect(monotonicMs).toBeGreaterThan(before);
  expect(monotonicMs).toBeLessThan(after);
  expect(Number.isInteger(wallMs)).toBe(true);
  expect(uncertaintyMs).toBeGreaterThan(0);
});

test('a wall clock that runs fast is followed from one tie to the other', () => {
  const before = tie(1000, 1_700_000_000_000);
  const after = tie(2000, 1_700_000_001_010);
  expect(wallClockDriftMs(before, after)).toBe(10);
  expect(monotonicOf(before.wallMs, before, after)).toBe(1000);
  expect(monotonicOf(before.wallMs + 505, before, after)).toBe(1500);
  expect(monotonicOf(after.wallMs, before, after)).toBe(2000);
});

test('clocks that run alike keep every interval', () => {
  const time = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(time, time, fc.integer({ min: 1, max: 100_000 }), (first, second, lengthMs) => {
      const before = tie(5000, 1_700_000_000_000);
      const after = tie(5000 + lengthMs, 1_700_000_000_000 + lengthMs);
      const at = (ms: number) => monotonicOf(before.wallMs + ms, before, after);
      expect(at(second) - at(first)).toBeCloseTo(second - first, 6);
    }),
  );
});
