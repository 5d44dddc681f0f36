import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  monotonicOf,
  type ObserverLine,
  parseObserverLog,
  tieWallClock,
  type WallClockTie,
  wallClockDriftMs,
} from './observer-log.ts';

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

const tieLine = (monotonicMs: number): ObserverLine => ({ tie: { monotonicMs, wallMs: 1e12, uncertaintyMs: 0.0001 } });
const timestamp = { seconds: 1_700_000_000, microseconds: 123_456 };
const deleted: ObserverLine = { atMs: 5, message: { event: 'DEVICE_DELETED', data: { device: 'disk' }, timestamp } };
const backend: ObserverLine = {
  atMs: 4,
  message: { event: 'DEVICE_DELETED', data: { path: '/machine/peripheral/disk/virtio-backend' }, timestamp },
};
const text = (...lines: readonly ObserverLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('only the deletion of a device that has an id counts, with the time of arrival and the stamp of QEMU', () => {
  const reply: ObserverLine = { atMs: 2, message: { return: {} } };
  const log = parseObserverLog(text(tieLine(1), reply, backend, deleted, tieLine(9)));
  expect(log?.deletions).toEqual([{ deviceId: 'disk', atMs: 5, wallMs: 1_700_000_000_123.456 }]);
  expect(log?.ties.map(({ monotonicMs }) => monotonicMs)).toEqual([1, 9]);
});

test('a log that does not span the life of its QEMU is no log', () => {
  expect(parseObserverLog('')).toBeUndefined();
  expect(parseObserverLog(text(tieLine(1), deleted))).toBeUndefined();
  expect(parseObserverLog(text(tieLine(1), tieLine(2), tieLine(3)))).toBeUndefined();
});
