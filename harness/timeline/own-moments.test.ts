import { describe, expect, test } from 'vitest';
import type { Moment } from '../drivers/moment.ts';
import type { OperationWindow } from './operation-window.ts';
import { ownMoments } from './own-moments.ts';
import type { Operation } from './recording.ts';

const operation = (number: number, changes: Partial<Operation> = {}): Operation => ({
  operation: 'plug',
  number,
  cycle: 1,
  warmup: false,
  sequence: number,
  device: 'virtio-blk',
  deviceId: `disk-${number}`,
  place: `02.0/0${number}.0`,
  slotName: String(number),
  timeoutMs: 1000,
  ...changes,
});
const window = (one: Operation, ...companions: readonly Operation[]): OperationWindow => ({
  operation: one,
  companions,
  events: [],
  gapBefore: [],
  gapAfter: [],
  clockBefore: undefined,
  clockAfter: undefined,
  losses: [],
});
const sent: Moment = { atMs: 100, source: 'qmp', what: 'sent', command: 'device_add' };
const kernel = (atMs: number, text: string): Moment => ({ atMs, source: 'kernel', text });
const uevent = (atMs: number, below: string): Moment => ({
  atMs,
  source: 'uevent',
  action: 'add',
  subsystem: 'x',
  path: `/devices/pci0000:00/0000:00:02.0/${below}`,
});
const deleted = (device: string, path: string): Moment => ({
  atMs: 200,
  source: 'qmp',
  what: 'event',
  name: 'DEVICE_DELETED',
  device,
  path,
});

/** Which of the moments the first of two operations owns. */
const owned = (...moments: readonly Moment[]) =>
  ownMoments(window(operation(1), operation(2)), [sent, ...moments]).slice(1);

test('alone, an operation owns all that is seen', () => {
  const moments = [sent, kernel(120, 'a line about nobody'), kernel(130, 'pci 0000:01:02.0: [1af4:1001]')];
  expect(ownMoments(window(operation(1)), moments)).toEqual(moments);
});

test('so does a boot, whatever is plugged meanwhile', () => {
  const { place: _place, deviceId: _deviceId, ...rest } = operation(0);
  const moments = [kernel(10, 'Run /init as init process'), kernel(20, 'pci 0000:01:02.0: [1af4:1001]')];
  expect(ownMoments(window({ ...rest, operation: 'boot' }, operation(1)), moments)).toEqual(moments);
});

describe('among others', () => {
  const way = uevent(110, '0000:01:01.0');

  test('a line that names nobody is nobody’s', () => {
    expect(owned(way, kernel(120, 'clocksource: Switched to clocksource tsc'))).toEqual([way]);
  });

  test('neither are uevents of others, nor what QEMU says of their devices', () => {
    const own = deleted('', '/machine/peripheral/disk-1/virtio-backend');
    const others = deleted('', '/machine/peripheral/disk-12/virtio-backend');
    expect(owned(way, uevent(120, '0000:01:02.0/virtio1'), own, others, deleted('disk-2', ''))).toEqual([way, own]);
  });

  test('what the kernel calls a part of the device names the device', () => {
    const part = uevent(130, '0000:01:01.0/virtio0/block/vda');
    const line = kernel(125, 'virtio_blk virtio0: [vda] 32768 512-byte logical blocks');
    expect(owned(way, line, part)).toEqual([way, line, part]);
  });

  test('a name that two devices have had in this time names neither', () => {
    const line = kernel(125, 'virtio_blk virtio0: [vda] 32768 512-byte logical blocks');
    const parts = [uevent(130, '0000:01:01.0/virtio0/block/vda'), uevent(115, '0000:01:02.0/virtio0/block/vda')];
    expect(owned(way, line, ...parts)).not.toContain(line);
  });

  test('the end of a power-up is that of the slot which has the controller', () => {
    const begins = (device: number) =>
      `shpchp 0000:00:02.0: board_added: p_slot->device, slot_offset, hp_slot = ${device}, 1 ,${device - 1}`;
    const settled = 'shpchp 0000:00:02.0: board_added: slot status = 0';
    const lines = [kernel(120, begins(2)), kernel(130, settled), kernel(140, begins(1)), kernel(150, settled)];
    expect(owned(way, ...lines).slice(1)).toEqual(lines.slice(2));
  });

  test('what the same slot did before the command is of an earlier operation', () => {
    const line = (atMs: number) => kernel(atMs, 'shpchp 0000:00:02.0: Button pressed on Slot(1)');
    expect(owned(line(40), line(120))).toEqual([line(120)]);
  });
});
