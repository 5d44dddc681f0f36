import { describe, expect, test } from 'vitest';
import type { KnownDevice } from '../drivers/driver.ts';
import type { Moment } from '../drivers/phase-table.ts';
import type { OperationWindow } from './operation-window.ts';
import { deviceNames, type LineOwner, lineOwner, ownMoments } from './own-moments.ts';
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
  standstills: [],
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

/** The disk behind the third slot of an SHPC bridge; lines are Linux 6.1's. */
const shpc: KnownDevice = {
  place: '02.0/03.0',
  slotName: '3',
  names: { address: '0000:01:03.0', port: '0000:00:02.0', parts: new Set(['virtio2', 'block', 'vdc']) },
};
const pcie: KnownDevice = {
  place: '03.0/00.0',
  slotName: '2',
  names: { address: '0000:02:00.0', port: '0000:00:03.0', parts: new Set(['virtio1', 'vdb']) },
};

describe.each<[string, KnownDevice, readonly (readonly [LineOwner, string])[]]>([
  [
    'an SHPC slot',
    shpc,
    [
      ['own', 'shpchp 0000:00:02.0: Button pressed on Slot(3)'],
      ['own', 'shpchp 0000:00:02.0: PCI slot #3 - powering on due to button press'],
      ['own', 'shpchp 0000:00:02.0: shpc_isr: intr_loc = 8'],
      ['own', 'shpchp 0000:00:02.0: shpc_isr: intr_loc = 1fe'],
      ['own', 'shpchp 0000:00:02.0: Slot 2 with intr, slot register = 600d000f'],
      ['own', 'shpchp 0000:00:02.0: shpc_write_cmd: t_slot 3 cmd 3a'],
      ['own', 'shpchp 0000:00:02.0: board_added: p_slot->device, slot_offset, hp_slot = 3, 1 ,2'],
      ['own', 'shpchp 0000:00:02.0: shpchp_unconfigure_device: domain:bus:dev = 0000:01:03'],
      ['own', 'shpchp 0000:00:02.0: remove_board: hp_slot = 2'],
      ['own', "bus: 'pci': really_probe: probing driver virtio-pci with device 0000:01:03.0"],
      ['own', 'virtio_blk virtio2: [vdc] 32768 512-byte logical blocks (16.8 MB/16.0 MiB)'],
      ['other', 'shpchp 0000:00:02.0: Button pressed on Slot(2)'],
      ['other', 'shpchp 0000:00:02.0: Slot 3 with intr, slot register = 600d000f'],
      ['other', 'shpchp 0000:00:02.0: remove_board: hp_slot = 3'],
      ['other', 'shpchp 0000:00:02.0: shpc_isr: intr_loc = 10'],
      ['other', 'shpchp 0000:00:05.0: Button pressed on Slot(3)'],
      ['other', 'pci 0000:01:04.0: [1af4:1001] type 00 class 0x010000'],
      ['other', "bus: 'virtio': add device virtio20"],
      ['none', 'shpchp 0000:00:02.0: shpc_isr: intr_loc = 1'],
      ['none', 'shpchp 0000:00:02.0: board_added: slot status = 0'],
      ['none', 'shpchp 0000:00:02.0: shpchp_enable_slot: p_slot->pwr_save 0'],
      ['none', 'clocksource: Switched to clocksource tsc'],
    ],
  ],
  [
    'an SHPC slot beyond the ninth, which is numbered in hexadecimal here and not there',
    { place: '02.0/0b.0', slotName: '11', names: undefined },
    [
      ['own', 'shpchp 0000:00:02.0: shpc_write_cmd: t_slot b cmd 3a'],
      ['own', 'shpchp 0000:00:02.0: Slot a with intr, slot register = 600d000f'],
      ['own', 'shpchp 0000:00:02.0: board_added: p_slot->device, slot_offset, hp_slot = 11, 1 ,10'],
      ['own', 'shpchp 0000:00:02.0: shpc_isr: intr_loc = 800'],
    ],
  ],
  [
    'the slot of a root port',
    pcie,
    [
      ['own', 'pcieport 0000:00:03.0: pciehp: pending interrupts 0x0009 from Slot Status'],
      ['own', 'pcieport 0000:00:03.0: pciehp: Slot(2) Powering on due to button press'],
      ['own', 'pcieport 0000:00:03.0: pciehp: pciehp_unconfigure_device: domain:bus:dev = 0000:02:00'],
      ['other', 'pcieport 0000:00:02.0: pciehp: pending interrupts 0x0009 from Slot Status'],
      ['other', "bus: 'pci': remove device 0000:00:03.0"],
    ],
  ],
  [
    'a slot under ACPI, on a port that is a function of its device',
    { place: '02.6/00.0', slotName: '7', names: undefined },
    [
      ['own', String.raw`ACPI: \x5c_SB_.PCI0.S16_.S00_: acpiphp_glue: Device check in hotplug_event()`],
      ['other', String.raw`ACPI: \x5c_SB_.PCI0.S14_.S00_: acpiphp_glue: Eject request in hotplug_event()`],
      ['other', String.raw`ACPI: \x5c_SB_.PCI0.S16_: acpiphp_glue: Bus check in hotplug_event()`],
      ['none', String.raw`ACPI: \x5c_SB_.GSIH: Enabled at IRQ 23`],
    ],
  ],
])('%s', (_name, device, lines) => {
  test.each(lines)('%s: %s', (expected, text) => {
    expect(lineOwner(text, device)).toBe(expected);
  });
});

test('a device that nobody has seen on its bus is not the one that a line names', () => {
  expect(lineOwner('pci 0000:01:03.0: [1af4:1001] type 00', { ...shpc, names: undefined })).toBe('other');
});

const seen = (...paths: readonly string[]): readonly Moment[] =>
  paths.map((path, atMs) => ({ atMs, source: 'uevent', action: 'add', subsystem: 'x', path }));

test('the way down, without the bus numbers, is the place; what is below are parts', () => {
  const device = '/devices/pci0000:00/0000:00:02.0/0000:01:03.0';
  const found = deviceNames('02.0/03.0', seen(device, `${device}/virtio2`, `${device}/virtio2/block/vdc`));
  expect(found).toEqual({
    address: '0000:01:03.0',
    port: '0000:00:02.0',
    parts: new Set(['virtio2', 'block', 'vdc']),
  });
});

test('a device on the root bus has no port', () => {
  expect(deviceNames('04.0', seen('/devices/pci0000:00/0000:00:04.0'))).toEqual({
    address: '0000:00:04.0',
    parts: new Set(),
  });
});

test('neither what is above nor what is below a place is at it', () => {
  const paths = seen('/devices/pci0000:00/0000:00:02.0', '/devices/pci0000:00/0000:00:02.0/0000:01:03.0');
  expect(deviceNames('03.0', paths)).toBeUndefined();
  expect(deviceNames('02.0', paths)?.address).toBe('0000:00:02.0');
  expect(deviceNames('02.0', seen('/devices/virtual/bdi/254:0'))).toBeUndefined();
});
