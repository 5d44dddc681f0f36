import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecording } from '../record/boots-on-disk.ts';
import { analyse } from './analyse.ts';
import { lossesIn } from './losses.ts';
import type { Observation, RecordedEvent } from './recording.ts';
import { clockContradiction, SHORTEST_SPAN_MS, wrongClockRate } from './wrong-clock.ts';

interface Trip {
  readonly outMs: number;
  readonly backMs: number;
}

/** A burst of echoes with a guest whose clock runs at this rate. */
function burst(fromMs: number, rate: number, trips: readonly Trip[]): readonly RecordedEvent[] {
  let nowMs = fromMs;
  return trips.flatMap(({ outMs, backMs }, index) => {
    const request = fromMs * 100 + index;
    const guestNs = (nowMs + outMs) * rate * 1e6;
    const sent = { atMs: nowMs, source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} } as const;
    nowMs += outMs + backMs;
    const fields = { request: String(request), received: String(guestNs) };
    const message = { sequence: index, guestNs, kind: 'echo', fields };
    return [sent, { atMs: nowMs, source: 'agent', direction: 'received', message } as const];
  });
}

const begin = (number: number, atMs: number): RecordedEvent => ({
  ...{ atMs, source: 'harness', event: 'begin' },
  operation: { operation: 'plug', number, cycle: 1, warmup: false, sequence: number, timeoutMs: 1000 },
});
const quick: readonly Trip[] = Array.from({ length: 12 }, () => ({ outMs: 0.5, backMs: 0.5 }));
/** Two bursts after a boot, 250 ms apart. */
const boot = (rate: number, trips = quick) => [begin(0, 0), ...burst(1, rate, trips), ...burst(251, rate, trips)];

/** What a step of the sequence does to the machine, with QEMU's word for it. */
const acts = (atMs: number, step: 'pause' | 'resume' | 'reset', event: string): readonly RecordedEvent[] => [
  { atMs, source: 'harness', event: 'machine-step', step },
  { atMs, source: 'qmp', direction: 'received', message: { event } },
];

describe('wrongClockRate', () => {
  test('a clock that stands still with the machine, or goes on, is right; one that was reset begins anew', () => {
    const paused = [...acts(100, 'pause', 'STOP'), ...acts(1100, 'resume', 'RESUME')];
    const stood = burst(1200, 1, quick).map((event): RecordedEvent => {
      if (event.source !== 'agent' || event.direction !== 'received') return event;
      const { message } = event;
      const received = String(Number(message.fields.received) - 1e9);
      return {
        ...event,
        message: { ...message, guestNs: message.guestNs - 1e9, fields: { ...message.fields, received } },
      };
    });
    const before = [begin(0, 0), ...burst(1, 1, quick)];
    expect(wrongClockRate([...before, ...paused, ...stood])).toBeUndefined();
    expect(wrongClockRate([...before, ...paused, ...burst(1200, 1, quick)])).toBeUndefined();
    expect(wrongClockRate([...before, ...stood])).toBeDefined();
    expect(wrongClockRate([...before, ...acts(900, 'reset', 'RESET'), ...stood])).toBeUndefined();
  });

  test('a clock within 1 % is never doubted, however the messages were delayed', () => {
    const trip = fc.record({
      outMs: fc.double({ min: 0.01, max: 300, noNaN: true }),
      backMs: fc.double({ min: 0.01, max: 300, noNaN: true }),
    });
    const trips = fc.array(trip, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.double({ min: 0.9901, max: 1.0099, noNaN: true }), trips, trips, (rate, one, other) => {
        expect(wrongClockRate([begin(0, 0), ...burst(1, rate, one), ...burst(5000, rate, other)])).toBeUndefined();
      }),
    );
  });

  test.each([0.5, 0.975, 1.025, 129])('a clock at %f times the rate is found after a boot on a quiet host', (rate) => {
    expect(wrongClockRate(boot(rate))?.why).toContain("at another rate than the host's");
  });

  test('what the echoes of a slow channel leave open is no proof; those around an operation are further apart', () => {
    const slow = Array.from({ length: 12 }, () => ({ outMs: 10, backMs: 10 }));
    const booted = boot(1.02, slow);
    expect(wrongClockRate(booted)).toBeUndefined();
    const operated = [...booted, begin(1, 600), ...burst(6000, 1.02, slow)];
    expect(wrongClockRate(operated)?.at).toBe(operated.length - 1);
  });

  test('a jump within a burst is left to those who look for jumps', () => {
    const trips = quick.slice(0, 3);
    const jumped = [begin(0, 0), ...burst(1, 1, trips), ...burst(SHORTEST_SPAN_MS - 10, 1.5, trips)];
    expect(wrongClockRate(jumped)).toBeUndefined();
  });

  test('the operations before the one that shows it are believed', () => {
    const right = [begin(0, 0), ...burst(1, 1, quick), begin(1, 300), ...burst(1000, 1, quick)];
    const wrong = [begin(2, 1300), ...burst(2000, 1.1, quick)];
    expect(wrongClockRate(right)).toBeUndefined();
    expect(wrongClockRate([...right, ...wrong, begin(3, 2300)])?.at).toBe(right.length + wrong.length - 1);
  });

  test('what is looked at from behind the operation before shows the same', () => {
    const right = [begin(0, 0), ...burst(1, 1, quick), begin(1, 300)];
    const rest = [...burst(1000, 1, quick), begin(2, 1300), ...burst(2000, 1.1, quick)];
    const proof = wrongClockRate([...right, ...rest], right.length);
    expect(proof).toBeDefined();
    expect(proof).toEqual(wrongClockRate([...right, ...rest]));
  });
});

test('the real boot whose kernel took 2.1 GHz for 270 has no sample, and says why', () => {
  const text = readFileSync(new URL('fixtures/clock-rate.jsonl', import.meta.url), 'utf8');
  const recording = parseRecording(text);
  if (!recording.ok) throw new Error(recording.failure);
  const { events, header } = recording.value;
  const analysed = analyse(events, header.controller);
  expect(analysed.map(({ judged }) => judged.outcome)).toEqual(['aborted', 'lost', 'aborted']);
  expect(analysed[0]?.judged.detail).toContain('"tsc: Detected 270383.712 MHz processor"');
  expect(analysed[0]?.losses).toContain('clock-rate');
  expect(lossesIn(events).find(({ kind }) => kind === 'clock-rate')?.detail).toMatch(/ms passed on it while at least/);
});

const read = parseRecording(readFileSync(new URL('fixtures/shpc-bridge.jsonl', import.meta.url), 'utf8'));
if (!read.ok) throw new Error(read.failure);
const { header, events } = read.value;

/** The recording, whose kernel had another line at the place of the first one of its log. */
function saying(text: string): readonly RecordedEvent[] {
  let isFirst = true;
  return events.map((event) => {
    if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'kmsg' || !isFirst)
      return event;
    isFirst = false;
    return { ...event, message: { ...event.message, fields: { ...event.message.fields, text } } };
  });
}

test.each([
  ['APIC delta adjusted to PM-Timer: 6358564 (977)', "the guest's timers run 1.7 % too late"],
  ['APIC delta adjusted to PM-Timer: 6206250 (977)', "the guest's timers run 0.7 % too early"],
])('"%s" is said, and every operation of the boot carries it', (text, said) => {
  const wrong = saying(text);
  expect(lossesIn(wrong)).toMatchObject([{ kind: 'timer-rate', detail: expect.stringContaining(said) }]);
  expect(analyse(wrong, header.controller).map(({ losses }) => losses)).toEqual([
    ['timer-rate'],
    ['timer-rate'],
    ['timer-rate'],
  ]);
});

test.each(['APIC delta adjusted to PM-Timer: 6252177 (5748131)', 'tsc: Detected 2096.000 MHz processor'])(
  '"%s" is nothing to say',
  (text) => {
    expect(lossesIn(saying(text))).toEqual([]);
  },
);

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
