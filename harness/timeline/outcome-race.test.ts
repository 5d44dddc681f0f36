import { describe, expect, test } from 'vitest';
import { outcomesOf } from './analyse.ts';
import { recorded } from './recorded.fixture.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** Recordings of real boots with one plug while the guest boots: QEMU 7.2 under TCG, a 6.1 kernel. */
const outcomesIn = (name: string) => outcomesOf(recorded(name).events);

describe('a real plug during the boot', () => {
  test('that the guest found when it scanned its buses is early', () => {
    const [boot, plug] = outcomesIn('race-early');
    expect(boot).toMatchObject({ outcome: 'ok' });
    expect(plug).toMatchObject({ outcome: 'ok', detail: 'early: there when the guest was ready' });
  });

  test('that came to a guest that was ready is late, at the offset where it really began', () => {
    const plug = outcomesIn('race-late')[1];
    expect(plug).toMatchObject({ outcome: 'ok', detail: 'late: came after the guest was ready' });
    const due = plug?.operation.offsetMs ?? Number.NaN;
    expect(Math.abs((plug?.offsetMs ?? Number.NaN) - due)).toBeLessThan(50);
  });
});

describe('the outcome of a plug during the boot', () => {
  const plug: Operation = {
    operation: 'plug',
    number: 1,
    cycle: 1,
    warmup: false,
    sequence: 1,
    device: 'virtio-blk',
    deviceId: 'disk',
    place: '02.0/00.0',
    offsetMs: 100,
    timeoutMs: 30_000,
  };
  const agent = (atMs: number, kind: string, fields: Record<string, string>): RecordedEvent => ({
    atMs,
    source: 'agent',
    direction: 'received',
    message: { sequence: 1, guestNs: atMs * 1e6, kind, fields },
  });
  const sent = (atMs: number, execute: string): RecordedEvent => ({
    atMs,
    source: 'qmp',
    direction: 'sent',
    message: { execute, id: execute === 'cont' ? 1 : 'op1/2' },
  });
  const usable = agent(1000, 'usable', { device: 'disk', present: 'yes' });
  const deleted: RecordedEvent = {
    atMs: 1500,
    source: 'qmp',
    direction: 'received',
    message: { event: 'DEVICE_DELETED', data: { device: 'disk', path: '/machine/peripheral/disk' } },
  };
  const died: RecordedEvent = {
    atMs: 1600,
    source: 'process',
    event: 'exited',
    code: null,
    signal: 'SIGABRT',
    stderr: 'msix_table_mmio_write: Assertion failed\n',
  };
  const timedOut: RecordedEvent = {
    atMs: 1700,
    source: 'harness',
    event: 'give-up',
    operation: 1,
    reason: 'timeout',
    detail: 'not usable within 30 s',
  };
  const inventory = (...places: readonly string[]): readonly RecordedEvent[] => [
    { atMs: 2000, source: 'agent', direction: 'sent', request: 7, verb: 'inventory', fields: {} },
    ...places.map((place) => agent(2001, 'pci', { request: '7', place })),
    agent(2002, 'done', { request: '7' }),
  ];
  /** An echo after the end, without which there is no clock to read the guest's time on. */
  const echo: readonly RecordedEvent[] = [
    { atMs: 3001, source: 'agent', direction: 'sent', request: 8, verb: 'echo', fields: {} },
    agent(3002, 'echo', { request: '8', received: '3001500000' }),
  ];
  const outcome = (...seen: readonly RecordedEvent[]) =>
    outcomesOf([
      { atMs: 0, source: 'harness', event: 'begin', operation: plug },
      sent(1, 'cont'),
      sent(110, 'device_add'),
      ...seen,
      { atMs: 3000, source: 'harness', event: 'end', operation: 1 },
      ...echo,
    ])[0];

  test('ok: usable, and there at the end', () => {
    expect(outcome(usable, ...inventory('02.0', '02.0/00.0'))).toMatchObject({ outcome: 'ok', offsetMs: 109 });
  });

  test('vanished: deleted again, although it was usable before', () => {
    expect(outcome(usable, deleted, ...inventory('02.0'))).toMatchObject({ outcome: 'vanished', offsetMs: 109 });
    expect(outcome(usable, deleted)).not.toHaveProperty('latencyMs');
  });

  test('crashed: QEMU died, although the device was usable before', () => {
    expect(outcome(usable, died)).toMatchObject({
      outcome: 'crashed',
      detail: 'QEMU died of SIGABRT: msix_table_mmio_write: Assertion failed',
    });
  });

  test('lost: the last inventory does not have it, whether it was usable before or never', () => {
    expect(outcome(timedOut, ...inventory('02.0'))?.outcome).toBe('lost');
    expect(outcome(usable, ...inventory('02.0'))?.outcome).toBe('lost');
  });

  test("lost: by its own inventory, though another plug's was asked for in the meantime and is not answered yet", () => {
    const another: RecordedEvent = {
      atMs: 2001,
      source: 'agent',
      direction: 'sent',
      request: 9,
      verb: 'inventory',
      fields: {},
    };
    const [asked, ...answered] = inventory('02.0');
    if (!asked) throw new Error('no request');
    expect(outcome(usable, asked, another, ...answered)?.outcome).toBe('lost');
  });

  test('timeout: never usable, and in the inventory, or there is none', () => {
    expect(outcome(timedOut, ...inventory('02.0', '02.0/00.0'))?.outcome).toBe('timeout');
    expect(outcome(timedOut)?.outcome).toBe('timeout');
  });

  test('aborted: nothing concluded it', () => {
    expect(outcome()?.outcome).toBe('aborted');
  });
});
