import { expect, test } from 'vitest';
import { clockContradiction } from './clock-contradiction.ts';
import type { Observation, RecordedEvent } from './recording.ts';

/** What the ACPI timer counts before it begins anew. */
const PERIOD_MS = (2 ** 24 / 3_579_545) * 1000;

const halted = (ms: number): Observation => ({ source: 'harness', event: 'virtual-clock', virtualNs: ms * 1e6 });
const guest = (ms: number): Observation => ({
  source: 'agent',
  direction: 'received',
  message: { sequence: 1, guestNs: 1, kind: 'clocks', fields: { tsc: String(Math.round(ms * 1e6)), before: '1' } },
});
const recorded = (...observations: readonly Observation[]): readonly RecordedEvent[] =>
  observations.map((observation, index) => ({ atMs: index, ...observation }));
const whyOf = (...observations: readonly Observation[]) => clockContradiction(recorded(...observations))?.why;

test('readings that lie between the halts around them are believed, however long the guest then went on', () => {
  expect(clockContradiction(recorded(guest(5), halted(6), guest(6.1), halted(9e6), guest(9e6)))).toBeUndefined();
});

test('half a tick of the ACPI timer is no contradiction', () => {
  expect(clockContradiction(recorded(halted(6), guest(6 - 0.0003), halted(6 - 0.0006)))).toBeUndefined();
});

test('a clock that is behind by a period is found with the first halt after a reading', () => {
  expect(whyOf(guest(12_210), halted(12_214 - PERIOD_MS))).toMatch(
    /12210\.000 ms before a halt that QEMU's timers put at 7527\.031 ms/,
  );
});

test('a clock that is ahead by a period is found with the first reading after a halt', () => {
  expect(whyOf(halted(12_214 + PERIOD_MS), guest(12_215))).toMatch(/12215\.000 ms after a halt/);
});

test('a clock that could not be read says why', () => {
  const unread: Observation = { source: 'harness', event: 'virtual-clock-unread', detail: 'its HPET is switched off' };
  expect(whyOf(unread)).toMatch(/cannot be told: its HPET is switched off/);
});
