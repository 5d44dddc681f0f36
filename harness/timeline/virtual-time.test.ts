import { describe, expect, test } from 'vitest';
import { drivers } from '../drivers/index.ts';
import type { Phase } from '../vocabulary.ts';
import { analyse } from './analyse.ts';
import { outcomeOf } from './outcome.ts';
import { recorded as recordedForReal } from './recorded.fixture.ts';
import type { Observation, RecordedEvent } from './recording.ts';
import { inVirtualTime, virtualFacts } from './virtual-time.ts';

const sent = (execute: string): Observation => ({ source: 'qmp', direction: 'sent', message: { execute } });
const heard = (event: string): Observation => ({ source: 'qmp', direction: 'received', message: { event } });
const read = (ms: number): Observation => ({
  source: 'harness',
  event: 'virtual-clock',
  virtualNs: ms * 1e6,
  hpetNs: ms * 1e6,
});
const begin = (operation: 'boot' | 'plug'): Observation => ({
  source: 'harness',
  event: 'begin',
  operation: { operation, cycle: 0, warmup: false, sequence: 0, timeoutMs: 1 },
});

/** A second of the host's time between one and the next. */
function recorded(...observations: readonly Observation[]): readonly RecordedEvent[] {
  return observations.map((observation, index) => ({ atMs: index * 1000, ...observation }));
}

const times = (events: readonly RecordedEvent[]) => inVirtualTime(events).map(({ atMs }) => atMs);

test('while the machine stands, everything has the time of the last reading; the command that lets it go on, too', () => {
  expect(times(recorded(begin('plug'), read(40), sent('device_add'), heard('X')))).toEqual([40, 40, 40, 40]);
});

test('what is heard while the guest runs came before the next halt', () => {
  const events = recorded(read(40), sent('cont'), heard('DEVICE_DELETED'), sent('stop'), read(90), sent('device_add'));
  expect(times(events)).toEqual([40, 90, 90, 90, 90]);
});

test('a boot begins at 0, with its first instruction', () => {
  const started: Observation = { source: 'process', event: 'started', pid: 1 };
  expect(times(recorded(started, begin('boot'), sent('cont'), heard('X'), read(400)))).toEqual([0, 0, 0, 400, 400]);
});

test('a restored guest goes on at the time at which it was saved', () => {
  const started: Observation = { source: 'process', event: 'started', pid: 1 };
  const events = recorded(
    started,
    begin('boot'),
    sent('migrate-incoming'),
    read(900),
    sent('cont'),
    heard('X'),
    read(901),
  );
  expect(times(events)).toEqual([900, 900, 900, 900, 900, 901, 901]);
});

test('only the first instruction of a boot counts as an event: the harness halts the guest at other times to look', () => {
  const shown = inVirtualTime(recorded(begin('plug'), read(1), sent('cont'), read(2)));
  expect(shown.map((event) => event.source)).toEqual(['harness', 'harness', 'harness']);
});

test('after QEMU has died there is no further time', () => {
  expect(times(recorded(read(40), sent('cont'), heard('X')))).toEqual([40, 40]);
});

test("the host's time is kept beside it", () => {
  expect(inVirtualTime(recorded(read(40), sent('device_add'))).map(({ hostMs }) => hostMs)).toEqual([0, 1000]);
});

/** What the ACPI timer counts before it begins anew, in nanoseconds. */
const PERIOD_NS = (2 ** 24 / 3_579_545) * 1e9;

/** A boot and a plug of a virtual disk in virtual time: QEMU 7.2, Debian's 6.1 kernel as it comes, a busy host. */
const recordedBoot = () => recordedForReal('virtual-shpc-stock').events;

/** The same as the harness would have recorded it, had it taken the clock for so much ahead of what it is. */
function ahead(byNs: number): readonly RecordedEvent[] {
  return recordedBoot().map((event) =>
    event.source === 'harness' && event.event === 'virtual-clock' && event.at === undefined
      ? { ...event, virtualNs: event.virtualNs + byNs }
      : event,
  );
}

describe('a boot and an SHPC plug of a kernel that decompresses for longer than the ACPI timer counts', () => {
  const [boot, plug] = analyse(recordedBoot(), 'shpchp', 'virtual');

  test('the plug takes what it takes on any clock', () => {
    expect(plug?.judged.outcome).toBe('ok');
    expect(plug?.judged.latencyMs).toBeGreaterThan(6024);
    expect(plug?.judged.latencyMs).toBeLessThan(6300);
  });

  test('the boot is told apart: firmware, decompression, the kernel (of whose log little is left here), init', () => {
    const phases = boot?.phases.map(({ name, durationMs }) => [name, Math.round(durationMs)]);
    expect(phases).toEqual([
      ['firmware', 56],
      ['decompression', 9046],
      ['unattributed', 3012],
      ['init', 129],
    ]);
  });

  test("nothing of the host's takes time, and what the guest does until it speaks is the guest's", () => {
    expect(
      plug?.phases.filter(({ kind }) => kind === 'host').map(({ name, durationMs }) => [name, durationMs]),
    ).toEqual([['qmp-command', 0]]);
    expect(plug?.phases.find(({ name }) => name === 'notify')?.kind).toBe('guest');
  });
});

test.each([
  ['behind', -PERIOD_NS],
  ['ahead', PERIOD_NS],
])('a clock that is a period %s gives no latency, and says what contradicts what', (_how, byNs) => {
  const operations = analyse(ahead(byNs), 'shpchp', 'virtual');
  expect(operations.map(({ judged }) => judged.outcome)).toEqual(['aborted', 'aborted']);
  for (const { judged, phases } of operations) {
    expect(judged).not.toHaveProperty('latencyMs');
    expect(phases).toEqual([]);
    expect(judged.detail).toMatch(/two readings of the virtual clock contradict each other/);
  }
});

test('once the clock was wrong, nothing after it is believed, though it looks right by itself', () => {
  const events = recordedBoot();
  const boots = events.findIndex((event) => event.source === 'agent' && event.direction === 'sent');
  const unread = { atMs: 0, source: 'harness', event: 'virtual-clock-unread', detail: 'no HPET' } as const;
  const operations = analyse(events.toSpliced(boots, 0, unread), 'shpchp', 'virtual');
  expect(operations.map(({ judged }) => judged.outcome)).toEqual(['aborted', 'aborted']);
});

test("an operation in which the host's work seems to take time has failed", () => {
  const operation = { operation: 'plug', cycle: 1, warmup: false, sequence: 1, timeoutMs: 10 } as const;
  const event = { atMs: 5, source: 'console', text: '' } as const;
  const phase = (durationMs: number): Phase => ({ name: 'qmp-command', kind: 'host', startMs: 0, durationMs });
  const ending = (hostMs: number) =>
    outcomeOf({
      operation,
      signs: [{ event, conclusion: { outcome: 'ok', detail: '' } }],
      isBegun: true,
      latencyAt: () => ({ latencyMs: 5 }),
      isAbsent: () => false,
      driverFailure: () => undefined,
      virtual: virtualFacts(0, [], drivers.shpchp, () => [phase(hostMs)]),
    });
  expect(ending(0)).toEqual({ outcome: 'ok', latencyMs: 5, detail: '' });
  const failed = ending(4687);
  expect(failed).toMatchObject({ outcome: 'aborted', detail: expect.stringMatching(/^qmp-command .* 4687\.000 ms/) });
  expect(failed).not.toHaveProperty('latencyMs');
});
