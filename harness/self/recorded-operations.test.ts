import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording } from '../record/read-recording.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { recordedOperations } from './recorded-operations.ts';

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
