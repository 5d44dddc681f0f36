import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording } from '../record/boots-on-disk.ts';
import type { RecordedEvent } from './recording.ts';
import { isWholeBoot } from './whole-boot.ts';

/** Of a real boot with one plug and one unplug. */
const recording = parseRecording(readFileSync(new URL('fixtures/acpi-root-port.jsonl', import.meta.url), 'utf8'));
const events: readonly RecordedEvent[] = recording.ok ? recording.value.events : [];
const OPERATIONS = 3;

test('a real recording is whole, and no beginning of it is: a killed harness may stop after any line', () => {
  expect(isWholeBoot(events, OPERATIONS)).toBe(true);
  const exited = events.findIndex((event) => event.source === 'process' && event.event === 'exited');
  for (let length = 0; length <= exited; length++) expect(isWholeBoot(events.slice(0, length), OPERATIONS)).toBe(false);
});

test('it is not whole with an operation too few or too many, or with one that was interrupted', () => {
  expect(isWholeBoot(events, OPERATIONS - 1)).toBe(false);
  expect(isWholeBoot(events, OPERATIONS + 1)).toBe(false);
  const interrupted = { atMs: 1, source: 'harness', event: 'give-up', reason: 'interrupted', detail: '' } as const;
  expect(isWholeBoot([...events, interrupted], OPERATIONS)).toBe(false);
});

test('a failure is part of a whole boot: it is not tried until it goes well', () => {
  const failed = { atMs: 1, source: 'harness', event: 'give-up', reason: 'timeout', detail: '' } as const;
  expect(isWholeBoot([...events, failed], OPERATIONS)).toBe(true);
});

test('a boot without a QEMU, where none could be started, is whole', () => {
  const end = { atMs: 1, source: 'harness', event: 'end' } as const;
  expect(isWholeBoot([end, end, end], OPERATIONS)).toBe(true);
});
