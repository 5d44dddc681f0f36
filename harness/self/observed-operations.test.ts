import { expect, test } from 'vitest';
import { observedOperations } from './observed-operations.ts';
import type { Deletion, ObserverLog } from './observer-log.ts';
import type { TraceEvent } from './qemu-trace.ts';

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
