import { expect, test } from 'vitest';
import type { Observation, RecordedEvent } from '../../timeline/recording.ts';
import { watchSlowness } from './slowness.ts';

const sent = (execute: string): Observation => ({ source: 'qmp', direction: 'sent', message: { execute, id: 1 } });
const said = (kind: string, fields: Record<string, string> = {}): Observation => ({
  source: 'agent',
  direction: 'received',
  message: { sequence: 1, guestNs: 1, kind, fields },
});
const echo = (request: number, atMs: number, tookMs: number): readonly RecordedEvent[] => [
  { atMs, source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} },
  { atMs: atMs + tookMs, ...said('echo', { request: String(request) }) },
];

test('a guest of which nothing has been seen, and a fast one, count as the one that the limits are chosen for', () => {
  const events: RecordedEvent[] = [];
  const slowness = watchSlowness(events);
  expect(slowness()).toBe(1);
  events.push({ atMs: 100, ...sent('cont') }, { atMs: 1_300, ...said('ready') }, ...echo(1, 1_400, 0.3));
  expect(slowness()).toBe(1);
});

test('a boot of 15 s is three times as slow as one of 5 s; a later `ready`, asked for, is no boot', () => {
  const events: RecordedEvent[] = [
    { atMs: 1_000, ...sent('cont') },
    { atMs: 16_000, ...said('ready') },
    { atMs: 90_000, ...said('ready', { request: '7' }) },
  ];
  expect(watchSlowness(events)()).toBe(3);
});

test('of the echoes the shortest counts: one that waited behind something says nothing about the guest', () => {
  const events: RecordedEvent[] = [...echo(1, 0, 900), ...echo(2, 1_000, 30), ...echo(3, 2_000, 45)];
  expect(watchSlowness(events)()).toBe(6);
});

test('a restored guest has not booted here', () => {
  const events: RecordedEvent[] = [
    { atMs: 0, ...sent('migrate-incoming') },
    { atMs: 40_000, ...sent('cont') },
    { atMs: 90_000, ...said('ready') },
  ];
  expect(watchSlowness(events)()).toBe(1);
});
