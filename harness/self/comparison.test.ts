import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from './comparison.ts';
import type { ObservedOperation } from './observed-operations.ts';
import type { RecordedOperation } from './recorded-operations.ts';

const recorded = (operation: RecordedOperation['operation'], startMs: number, endMs: number): RecordedOperation => ({
  operation,
  deviceId: operation === 'boot' ? undefined : 'disk',
  startMs,
  endMs,
  arrivedMs: endMs,
  stampedWallMs: undefined,
  clockUncertaintyMs: undefined,
});
const observed = (operation: ObservedOperation['operation'], startMs: number, endMs: number): ObservedOperation => ({
  operation,
  deviceId: 'disk',
  startMs,
  endMs,
  qemuEndMs: endMs - 0.25,
});

test('positive means recorded as longer, and the parts say where', () => {
  expect(compare([recorded('unplug', 100, 160)], [observed('unplug', 100.5, 159.25)])).toEqual([
    { operation: 'unplug', differenceMs: 1.25, atStartMs: 0.5, atEndMs: 0.75, toQemuMs: 1.5 },
  ]);
});

test('the parts always add up', () => {
  const jitter = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(jitter, jitter, (start, end) => {
      const [only] = compare([recorded('plug', 1000, 1100)], [observed('plug', 1000 + start, 1100 + end)]);
      expect(only?.differenceMs).toBeCloseTo((only?.atStartMs ?? 0) + (only?.atEndMs ?? 0), 9);
    }),
  );
});

test('operations are paired by kind and time: one that only one side has seen shifts no other', () => {
  const own = [
    recorded('boot', 0, 90),
    recorded('plug', 100, 150),
    recorded('unplug', 250, 300),
    recorded('plug', 400, 450),
  ];
  const others = [
    observed('unplug', 250.5, 300),
    observed('unplug', 399.75, 440),
    observed('plug', 400.25, 450),
    observed('plug', 900, 950),
  ];
  expect(compare(own, others).map(({ operation, atStartMs }) => [operation, atStartMs])).toEqual([
    ['unplug', 0.5],
    ['plug', 0.25],
  ]);
});
