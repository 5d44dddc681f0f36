import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomesOf } from './analyse.ts';
import { LOST_AFTER_MS } from './outcome.ts';
import { recorded } from './recorded.fixture.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** Recordings of real boots: QEMU 7.2 under TCG, Debian's 6.1 kernel, one plug and one unplug. */
const eventsOf = (name: string) => recorded(name).events;

const outcomes = (events: readonly RecordedEvent[]) =>
  outcomesOf(events).map(({ operation, outcome }) => [operation.operation, outcome]);

describe('a real recording', () => {
  test('of an SHPC bridge shows the 5 s button wait and the 1 s settle time', () => {
    const [boot, plug, unplug] = outcomesOf(eventsOf('shpc-bridge'));
    expect(boot?.latencyMs).toBeGreaterThan(1000);
    expect(plug?.latencyMs).toBeGreaterThan(6000);
    expect(plug?.latencyMs).toBeLessThan(6500);
    expect(unplug?.latencyMs).toBeGreaterThan(5000);
    expect(unplug?.latencyMs).toBeLessThan(5500);
  });

  test('of an ACPI root port shows tens of milliseconds', () => {
    const [, plug] = outcomesOf(eventsOf('acpi-root-port'));
    expect(plug).toMatchObject({ outcome: 'ok', detail: '' });
    expect(plug?.latencyMs).toBeLessThan(200);
  });

  test('the end of a plug is read on the guest clock, so it does not move with the arrival of the marker', () => {
    const events = eventsOf('acpi-root-port');
    const late = events.map((event) =>
      event.source === 'agent' && event.direction === 'received' && event.message.kind === 'usable'
        ? { ...event, atMs: event.atMs + 500 }
        : event,
    );
    expect(outcomesOf(late)[1]?.latencyMs).toBe(outcomesOf(events)[1]?.latencyMs);
  });

  test('cut off anywhere, keeps the operations that were finished and calls the last one aborted', () => {
    const events = eventsOf('acpi-root-port');
    const whole = outcomesOf(events);
    fc.assert(
      fc.property(fc.nat(events.length), (length) => {
        const cut = outcomesOf(events.slice(0, length));
        for (const [index, operation] of cut.slice(0, -1).entries()) {
          expect(operation.outcome).toBe(whole[index]?.outcome);
        }
        const last = cut.at(-1);
        if (last) expect(['ok', 'aborted']).toContain(last.outcome);
      }),
    );
  });
});

describe('outcomes', () => {
  const plug: Operation = {
    operation: 'plug',
    cycle: 1,
    warmup: false,
    sequence: 1,
    device: 'virtio-blk',
    deviceId: 'disk',
    place: '02.0/03.0',
    timeoutMs: LOST_AFTER_MS,
  };
  const unplug: Operation = { ...plug, operation: 'unplug' };
  const begin = (operation: Operation): RecordedEvent => ({ atMs: 0, source: 'harness', event: 'begin', operation });
  const end: RecordedEvent = { atMs: 99_999, source: 'harness', event: 'end' };
  const sent = (execute: string): RecordedEvent => ({
    atMs: 10,
    source: 'qmp',
    direction: 'sent',
    message: { execute },
  });
  const qmp = (atMs: number, message: unknown): RecordedEvent => ({
    atMs,
    source: 'qmp',
    direction: 'received',
    message,
  });
  const agent = (atMs: number, kind: string, fields: Record<string, string>): RecordedEvent => ({
    atMs,
    source: 'agent',
    direction: 'received',
    message: { sequence: 1, guestNs: atMs * 1e6, kind, fields },
  });
  const giveUp = (reason: 'timeout' | 'interrupted' | 'wrong-controller'): RecordedEvent => ({
    atMs: 50,
    source: 'harness',
    event: 'give-up',
    reason,
    detail: 'because',
  });
  const exited = (signal: string | null): RecordedEvent => ({
    atMs: 60,
    source: 'process',
    event: 'exited',
    code: signal ? null : 0,
    signal,
    stderr: 'first\nqemu: assertion failed\n',
  });
  const asked: RecordedEvent = {
    atMs: 55,
    source: 'agent',
    direction: 'sent',
    request: 7,
    verb: 'inventory',
    fields: {},
  };
  const only = (operation: Operation, ...events: RecordedEvent[]) => outcomesOf([begin(operation), ...events, end])[0];

  test('an unplug ends with the DEVICE_DELETED of the device, not with that of its virtio backend', () => {
    const backend = qmp(20, { event: 'DEVICE_DELETED', data: { path: '/machine/peripheral/disk/virtio-backend' } });
    const device = qmp(30, { event: 'DEVICE_DELETED', data: { device: 'disk', path: '/machine/peripheral/disk' } });
    expect(only(unplug, sent('device_del'), backend, device)).toMatchObject({ outcome: 'ok', latencyMs: 20 });
  });

  test('an unplug whose device goes before it is commanded has no latency, and is not good', () => {
    const device = qmp(30, { event: 'DEVICE_DELETED', data: { device: 'disk', path: '/machine/peripheral/disk' } });
    expect(only(unplug, device)).toMatchObject({ outcome: 'vanished' });
    expect(only(unplug, device)?.latencyMs).toBeUndefined();
  });

  test('a plug whose command is missing in the recording has no time to count from, and is not good', () => {
    const ended = only(plug, agent(30, 'usable', { device: 'disk' }));
    expect(ended).toMatchObject({ outcome: 'aborted', detail: expect.stringContaining('the command that begins') });
    expect(ended).not.toHaveProperty('latencyMs');
  });

  test.each([
    ['refused', [qmp(20, { error: { class: 'GenericError', desc: 'no such bus' } })], 'GenericError: no such bus'],
    [
      'vanished',
      [qmp(20, { event: 'DEVICE_DELETED', data: { device: 'disk' } })],
      'QEMU deleted the device although nobody had asked for it',
    ],
    [
      'guest-error',
      [agent(20, 'unusable', { device: 'disk', name: 'vda', reason: 'I/O error' })],
      'the guest could not use vda: I/O error',
    ],
    ['crashed', [exited('SIGABRT')], 'QEMU died of SIGABRT: qemu: assertion failed'],
    ['crashed', [exited(null)], 'QEMU exited with code 0: qemu: assertion failed'],
    [
      'guest-panic',
      [{ atMs: 20, source: 'console', text: '[    1.0] Kernel panic - not syncing: VFS: no root' } as const],
      'kernel panic: VFS: no root',
    ],
    ['aborted', [giveUp('interrupted')], 'because'],
    ['wrong-controller', [giveUp('wrong-controller')], 'because'],
    ['timeout', [giveUp('timeout')], 'because'],
  ] as const)('%s', (outcome, events, detail) => {
    expect(only(plug, sent('device_add'), ...events)).toMatchObject({ outcome, detail });
    expect(only(plug, sent('device_add'), ...events)).not.toHaveProperty('latencyMs');
  });

  test('the first event that concludes an operation counts', () => {
    expect(only(plug, sent('device_add'), giveUp('timeout'), exited('SIGKILL'))?.outcome).toBe('timeout');
  });

  test('messages about another device conclude nothing', () => {
    const other = qmp(20, { event: 'DEVICE_DELETED', data: { device: 'other' } });
    expect(only(plug, sent('device_add'), other, agent(21, 'usable', { device: 'other' }))?.outcome).toBe('aborted');
  });

  test('lost: after a long wait, a complete inventory without the device', () => {
    const elsewhere = agent(56, 'pci', { request: '7', place: '1f.0' });
    const done = agent(57, 'done', { request: '7' });
    expect(only(plug, sent('device_add'), giveUp('timeout'), asked, elsewhere, done)?.outcome).toBe('lost');
  });

  describe('of two lost plugs that overlap', () => {
    const number = (one: number): Operation => ({ ...plug, number: one, deviceId: `disk-${one}` });
    const of = (operation: number) => ({ source: 'harness', operation }) as const;
    const ask = (atMs: number, request: number): RecordedEvent => ({ ...asked, atMs, request }) as RecordedEvent;
    const gaveUp = (atMs: number, operation: number): RecordedEvent => ({
      ...{ atMs, ...of(operation), event: 'give-up', reason: 'timeout', detail: 'because' },
    });
    const answer = (atMs: number, request: number, ...places: readonly string[]) => [
      ...places.map((place) => agent(atMs, 'pci', { request: String(request), place })),
      agent(atMs, 'done', { request: String(request) }),
    ];
    const both = [begin(number(1)), begin(number(2)), sent('device_add'), sent('device_add')];
    const named = (...events: readonly RecordedEvent[]) =>
      outcomesOf([...both, ...events]).map(({ outcome }) => outcome);

    test("each has its own inventory, though the other's is asked for before it is answered", () => {
      const first = [gaveUp(50, 1), ask(51, 7), gaveUp(52, 2), ask(53, 8)];
      const ends: readonly RecordedEvent[] = [
        { atMs: 61, ...of(1), event: 'end' },
        ...answer(62, 8, '1f.0'),
        { atMs: 63, ...of(2), event: 'end' },
      ];
      expect(named(...first, ...answer(60, 7, '1f.0'), ...ends)).toEqual(['lost', 'lost']);
    });

    test('an inventory from before its own time was up says nothing of a plug', () => {
      const first = [gaveUp(50, 1), ask(51, 7), ...answer(52, 7, '1f.0')];
      expect(named(...first, gaveUp(70, 2), ask(71, 8))).toEqual(['lost', 'timeout']);
    });
  });

  test.each([
    [
      'the guest has the device',
      plug,
      [agent(56, 'pci', { request: '7', place: '02.0/03.0' }), agent(57, 'done', { request: '7' })],
    ],
    ['the inventory is incomplete', plug, [agent(56, 'pci', { request: '7', place: '1f.0' })]],
    [
      'the wait was shorter than the driver may take',
      { ...plug, timeoutMs: 100 },
      [agent(57, 'done', { request: '7' })],
    ],
  ])('timeout, not lost, when %s', (_why, operation, answers) => {
    expect(only(operation, sent('device_add'), giveUp('timeout'), asked, ...answers)?.outcome).toBe('timeout');
  });

  test('timeout, not lost, when QEMU was never given the device', () => {
    const done = agent(57, 'done', { request: '7' });
    expect(only(plug, giveUp('timeout'), asked, done)?.outcome).toBe('timeout');
  });

  test('a plug without any clock to read its end on is not a number', () => {
    expect(only(plug, sent('device_add'), agent(20, 'usable', { device: 'disk' }))).toMatchObject({
      outcome: 'aborted',
    });
  });

  test('every begun operation has exactly one outcome', () => {
    expect(outcomes([begin(plug), end, begin(unplug)])).toEqual([
      ['plug', 'aborted'],
      ['unplug', 'aborted'],
    ]);
  });
});

describe('a plug whose driver failed in the guest', () => {
  const place = '02.0/01.0';
  const received = (kind: string, fields: Record<string, string>): RecordedEvent => ({
    ...{ atMs: 31_000, source: 'agent', direction: 'received' },
    message: { kind, sequence: 9, guestNs: 1, fields },
  });
  const kernelSaid = (text: string) => received('kmsg', { text });
  const failing = (address: string, lines: readonly string[]): readonly RecordedEvent[] => {
    const operation: Operation = {
      ...{ operation: 'plug', number: 1, cycle: 1, warmup: false, sequence: 1, timeoutMs: 30_000 },
      ...{ device: 'virtio-blk', deviceId: 'disk', place },
    };
    return [
      { atMs: 0, source: 'harness', event: 'begin', operation },
      { atMs: 1, source: 'qmp', direction: 'sent', message: { execute: 'device_add', id: 'op1/1', arguments: {} } },
      { atMs: 30_001, source: 'harness', event: 'give-up', operation: 1, reason: 'timeout', detail: 'nothing' },
      received('pci', { address, place }),
      ...lines.map(kernelSaid),
      { atMs: 31_001, source: 'harness', event: 'end', operation: 1 },
    ];
  };
  const NO_ROOM = "pci 0000:01:01.0: BAR 4 [mem size 0x00004000 64bit pref]: can't assign; no space";

  test.each([
    ['virtio-pci: probe of 0000:01:01.0 failed with error -5'],
    ['virtio-pci 0000:01:01.0: probe with driver virtio-pci failed with error -5'],
  ])('is a guest-error in the words of the kernel: %s', (failed) => {
    const [ended] = outcomesOf(failing('0000:01:01.0', [NO_ROOM, failed]));
    expect(ended?.outcome).toBe('guest-error');
    expect(ended?.detail).toContain(NO_ROOM);
    expect(ended?.detail).toContain(failed);
  });

  test('of another device it is not', () => {
    const lines = ['virtio-pci: probe of 0000:01:01.0 failed with error -5'];
    expect(outcomesOf(failing('0000:01:02.0', lines))[0]?.outcome).toBe('timeout');
  });

  test('without a word of a driver it is late, whatever there is no room for', () => {
    expect(outcomesOf(failing('0000:01:01.0', [NO_ROOM]))[0]?.outcome).toBe('timeout');
  });
});
