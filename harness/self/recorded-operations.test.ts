import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording } from '../record/read-recording.ts';
import { judge } from '../timeline/judge.ts';
import { recordedOperations } from './recorded-operations.ts';

const text = readFileSync(new URL('../timeline/fixtures/acpi-root-port.jsonl', import.meta.url), 'utf8');
const recording = parseRecording(text);
const events = recording.ok ? recording.value.events : [];
const ORIGIN_MS = 1_000_000;

test('a real recording: latencies as judged, moved to the monotonic clock, each with the arrival of what ended it', () => {
  const operations = recordedOperations(events, ORIGIN_MS);
  expect(operations.map(({ operation }) => operation)).toEqual(
    judge(events).map(({ operation }) => operation.operation),
  );
  for (const [index, { latencyMs = 0, startedAtMs }] of judge(events).entries()) {
    expect(operations[index]?.startMs).toBe(ORIGIN_MS + startedAtMs);
    expect(operations[index]?.endMs).toBe(ORIGIN_MS + startedAtMs + latencyMs);
  }
  // A marker takes its time over the UART; an unplug is taken at the arrival itself, and carries QEMU's stamp.
  for (const { operation, endMs, arrivedMs, stampedWallMs } of operations) {
    if (operation === 'unplug') expect(arrivedMs).toBeCloseTo(endMs, 6);
    else expect(arrivedMs).toBeGreaterThan(endMs);
    expect(stampedWallMs === undefined).toBe(operation !== 'unplug');
  }
});

test('an operation that failed has no interval', () => {
  const withoutEnd = events.filter(
    (event) => !(event.source === 'agent' && event.direction === 'received' && event.message.kind === 'usable'),
  );
  expect(recordedOperations(withoutEnd, ORIGIN_MS).some(({ operation }) => operation === 'plug')).toBe(false);
});
