import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecording } from '../record/boots-on-disk.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import type { TraceEvent } from './observed-qemu.ts';
import type { Deletion, ObserverLog } from './observer-log.ts';
import {
  compare,
  type ObservedOperation,
  observedOperations,
  type RecordedOperation,
  recordedOperations,
} from './operation-differences.ts';

const ORIGIN_MS = 1_000_000;
const single = eventsOf('acpi-root-port');
const burst = eventsOf('acpi-burst');

function eventsOf(fixture: string): readonly RecordedEvent[] {
  const path = new URL(`../timeline/fixtures/${fixture}.jsonl`, import.meta.url);
  const recording = parseRecording(readFileSync(path, 'utf8'));
  if (!recording.ok) throw new Error(`${fixture}: ${recording.failure}`);
  return recording.value.events;
}

// The expected numbers are read off the recording by hand, not computed by the code that is compared with QEMU's own trace.
test('a real recording: each operation with its command, its end and the arrival of that end, on the monotonic clock', () => {
  const [boot, plug, unplug, ...others] = recordedOperations(single, ORIGIN_MS);
  expect(others).toEqual([]);

  // `cont` was written at 51.278 ms. The guest said `ready` at 2407.805 ms of its clock, and its echoes after that bound
  // the clocks' offset between 4465.934 and 4469.217 ms.
  expect(boot).toMatchObject({ operation: 'boot', deviceId: undefined, stampedWallMs: undefined });
  expect(boot?.startMs).toBeCloseTo(ORIGIN_MS + 51.278, 3);
  expect(boot?.endMs).toBeCloseTo(ORIGIN_MS + 2407.805 + (4465.934 + 4469.217) / 2, 3);
  expect(boot?.arrivedMs).toBeCloseTo(ORIGIN_MS + 6895.011, 3);
  expect(boot?.clockUncertaintyMs).toBeCloseTo((4469.217 - 4465.934) / 2, 3);

  // `usable` at 3015.208 ms of the guest's clock, between that burst of echoes and the next, whose bounds are 4468.053 and
  // 4469.324 ms: the offset lies between the middles of both, and may be as wrong as the wider of them.
  expect(plug).toMatchObject({ operation: 'plug', deviceId: 'disk', stampedWallMs: undefined });
  expect(plug?.startMs).toBeCloseTo(ORIGIN_MS + 7428.062, 3);
  expect(plug?.endMs).toBeGreaterThan(ORIGIN_MS + 3015.208 + 4467.576);
  expect(plug?.endMs).toBeLessThan(ORIGIN_MS + 3015.209 + 4468.689);
  expect(plug?.arrivedMs).toBeCloseTo(ORIGIN_MS + 7484.729, 3);
  expect(plug?.clockUncertaintyMs).toBeCloseTo((4469.217 - 4465.934) / 2, 3);

  // The second DEVICE_DELETED, the device's own; the first is that of the disk's backend.
  expect(unplug).toMatchObject({ operation: 'unplug', deviceId: 'disk', clockUncertaintyMs: undefined });
  expect(unplug?.startMs).toBeCloseTo(ORIGIN_MS + 7681.324, 3);
  expect(unplug?.endMs).toBeCloseTo(ORIGIN_MS + 7810.148, 3);
  expect(unplug?.arrivedMs).toBeCloseTo(ORIGIN_MS + 7810.148, 3);
  expect(unplug?.stampedWallMs).toBeCloseTo(1_795_338_601_924.278, 3);
});

test('operations that overlap: each has the arrival and the stamp of its own device', () => {
  const arrivals = recordedOperations(burst, 0).map(({ operation, deviceId, arrivedMs, stampedWallMs }) => [
    `${operation} ${deviceId}`,
    arrivedMs,
    stampedWallMs,
  ]);
  expect(arrivals.slice(1)).toEqual([
    ['plug virtio-blk', 1283.432213, undefined],
    ['plug virtio-blk-2', 1291.383591, undefined],
    ['plug virtio-blk-3', 1298.774673, undefined],
    ['plug virtio-blk-4', 1306.812687, undefined],
    ['unplug virtio-blk', 1745.470994, 1_795_393_212_467.96],
    ['unplug virtio-blk-2', 1786.138232, 1_795_393_212_508.915],
    ['unplug virtio-blk-3', 1829.864923, 1_795_393_212_552.229],
    ['unplug virtio-blk-4', 1880.504625, 1_795_393_212_603.265],
  ]);
});

test('the same device once more: the arrival is that of the second time', () => {
  const LATER_MS = 10_000;
  const begun = single.findIndex((event) => event.source === 'harness' && isUnplug(event));
  const again = single.slice(begun).map((event) => ({ ...event, atMs: event.atMs + LATER_MS }));
  const unplugs = recordedOperations([...single, ...again], 0).filter(({ operation }) => operation === 'unplug');
  expect(unplugs.map(({ arrivedMs }) => arrivedMs)).toEqual([7810.148276, 7810.148276 + LATER_MS]);
});

function isUnplug(event: RecordedEvent & { source: 'harness' }): boolean {
  return event.event === 'begin' && event.operation.operation === 'unplug';
}

test('an operation that failed has no interval, even if its end came after all; the others of its boot have theirs', () => {
  const usable = single.findIndex(
    (event) => event.source === 'agent' && event.direction === 'received' && event.message.kind === 'usable',
  );
  const atMs = single[usable]?.atMs ?? 0;
  const givenUp: RecordedEvent = { atMs, source: 'harness', event: 'give-up', reason: 'timeout', detail: '30 s' };
  for (const from of [usable, usable + 1]) {
    const failed = [...single.slice(0, usable), givenUp, ...single.slice(from)];
    expect(recordedOperations(failed, ORIGIN_MS).map(({ operation }) => operation)).toEqual(['boot', 'unplug']);
  }
});

/** The wall clock is 1000 ms ahead of the monotonic one: what the trace stamps 1010 was at 10. */
const AHEAD_MS = 1000;

function log(...deletions: readonly Deletion[]): ObserverLog {
  const tie = (monotonicMs: number) => ({ monotonicMs, wallMs: monotonicMs + AHEAD_MS, uncertaintyMs: 0 });
  return { ties: [tie(0), tie(10_000)], deletions };
}

const command = (atMs: number, execute: string, deviceId?: string): TraceEvent => ({
  wallMs: atMs + AHEAD_MS,
  kind: 'command',
  execute,
  deviceId,
});
const read = (atMs: number, request: string, sector: number, sectors: number): TraceEvent => ({
  wallMs: atMs + AHEAD_MS,
  kind: 'read',
  request,
  sector,
  sectors,
});
const completed = (atMs: number, request: string): TraceEvent => ({
  wallMs: atMs + AHEAD_MS,
  kind: 'completed',
  request,
});
const deletion = (deviceId: string, atMs: number): Deletion => ({ deviceId, atMs, wallMs: atMs + AHEAD_MS - 0.5 });

test('a plug ends with the completion of the first read of one sector, not with the partition scan around it', () => {
  const trace = [
    command(10, 'blockdev-add'),
    command(20, 'device_add', 'disk'),
    read(50, 'a', 0, 8),
    completed(51, 'a'),
    read(60, 'a', 0, 1),
    read(61, 'b', 0, 8),
    completed(62, 'b'),
    completed(63, 'a'),
  ];
  expect(observedOperations(trace, log())).toEqual([
    { operation: 'plug', deviceId: 'disk', startMs: 20, endMs: 63, qemuEndMs: 63 },
  ]);
});

test('an unplug ends with the first deletion of its own device after the command', () => {
  const trace = [command(100, 'device_del', 'disk')];
  const observed = observedOperations(trace, log(deletion('disk', 90), deletion('other', 110), deletion('disk', 120)));
  expect(observed).toEqual([{ operation: 'unplug', deviceId: 'disk', startMs: 100, endMs: 120, qemuEndMs: 119.5 }]);
});

test('cycles are kept apart: an operation without its end is left out instead of taking the next one its end', () => {
  const trace = [
    command(0, 'device_add', 'disk'),
    command(100, 'device_del', 'disk'),
    command(200, 'device_add', 'disk'),
    read(220, 'a', 0, 1),
    completed(221, 'a'),
    command(300, 'device_del', 'disk'),
  ];
  const observed = observedOperations(trace, log(deletion('disk', 350)));
  expect(observed.map(({ operation, startMs, endMs }) => [operation, startMs, endMs])).toEqual([
    ['plug', 200, 221],
    ['unplug', 300, 350],
  ]);
});

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
