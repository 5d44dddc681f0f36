import { describe, expect, test } from 'vitest';
import type { Controller } from '../vocabulary.ts';
import { drivers } from './index.ts';
import type { Moment } from './phase-table.ts';

function queueMoments(controller: Controller, own: readonly Moment[], others: readonly (readonly Moment[])[]) {
  return drivers[controller].queues.flatMap((queue) => queue(own, others));
}

const kernel = (atMs: number, text: string): Moment => ({ atMs, source: 'kernel', text });
const qmp = (atMs: number, what: 'sent' | 'returned'): Moment => ({ atMs, source: 'qmp', what, command: 'device_add' });

describe('SHPC', () => {
  /** A plug whose button is pressed, that gets the controller's lock and holds it for a second. */
  const slot = (device: number, pressedMs: number, admittedMs: number, bridge = '0000:00:02.0') => [
    kernel(pressedMs, `shpchp ${bridge}: PCI slot #${device} - powering on due to button press`),
    kernel(
      admittedMs,
      `shpchp ${bridge}: board_added: p_slot->device, slot_offset, hp_slot = ${device}, 1 ,${device - 1}`,
    ),
    kernel(admittedMs + 1040, `shpchp ${bridge}: shpc_write_cmd: t_slot ${device} cmd 4`),
  ];
  const joinedMs = (own: readonly Moment[], ...others: readonly (readonly Moment[])[]) =>
    queueMoments('shpchp', own, others).map(({ atMs, what }) => [what, atMs]);

  test('alone, or first, nobody stands in line', () => {
    expect(joinedMs(slot(1, 0, 5050))).toEqual([]);
    expect(joinedMs(slot(1, 0, 5050), slot(2, 1, 6091))).toEqual([]);
  });

  test('pressed together: the line begins when the first has the lock', () => {
    expect(joinedMs(slot(2, 1, 6091), slot(1, 10, 5050))).toEqual([['joined', 5050]]);
  });

  test('pressed later: it begins when its own timer has run out', () => {
    expect(joinedMs(slot(2, 300, 6091), slot(1, 0, 5050))).toEqual([['joined', 5350]]);
  });

  test('pressed so much later that the others are done: what the timer takes longer is no line', () => {
    expect(joinedMs(slot(2, 3000, 8250), slot(1, 0, 5050))).toEqual([]);
  });

  test('a slot of another controller is in no way', () => {
    expect(joinedMs(slot(2, 1, 6091), slot(1, 0, 5050, '0000:00:05.0'))).toEqual([]);
  });
});

describe('native PCIe', () => {
  /** A plug: power on, link, scan, driver. */
  const port = (bus: number, poweredMs: number, linkMs: number, scannedMs: number, boundMs: number) => [
    kernel(poweredMs, `pcieport 0000:00:0${bus}.0: pciehp: pciehp_set_indicators: SLOTCTRL 6c write cmd 200`),
    kernel(linkMs, `pcieport 0000:00:0${bus}.0: pciehp: pciehp_check_link_status: lnk_status = 2011`),
    kernel(scannedMs, `pci 0000:0${bus}:00.0: [1af4:1042] type 00 class 0x010000`),
    kernel(boundMs, `bus: 'pci': really_probe: bound device 0000:0${bus}:00.0 to driver virtio-pci`),
  ];
  const moments = (own: readonly Moment[], ...others: readonly (readonly Moment[])[]) =>
    queueMoments('pciehp', own, others).map(({ atMs, what }) => [what, atMs]);

  test('the turn of a device is when the last one before it is finished', () => {
    const others = [port(1, 0, 130, 131, 180), port(3, 2, 132, 181, 200)];
    expect(moments(port(2, 1, 131, 201, 220), ...others)).toEqual([['served', 200]]);
    expect(moments(port(1, 0, 130, 131, 180), port(2, 1, 131, 181, 220))).toEqual([]);
  });

  test('a link that takes longer than the shortest, while others are at work, stands in line', () => {
    expect(moments(port(2, 0, 300, 301, 320), port(1, 0, 130, 131, 180))).toEqual([['joined', 130]]);
  });

  test('one that takes longer while nobody else is at work does not', () => {
    expect(moments(port(2, 500, 670, 671, 690), port(1, 0, 130, 131, 180))).toEqual([]);
  });

  test('an unplug that finds the bus locked', () => {
    const unplug = (bus: number, beginMs: number, endMs: number) => [
      kernel(
        beginMs,
        `pcieport 0000:00:0${bus}.0: pciehp: pciehp_unconfigure_device: domain:bus:dev = 0000:0${bus}:00`,
      ),
      kernel(endMs, `bus: 'pci': remove device 0000:0${bus}:00.0`),
    ];
    expect(moments(unplug(2, 5001, 5090), unplug(1, 5000, 5045))).toEqual([['served', 5045]]);
    expect(moments(unplug(1, 5000, 5045), unplug(2, 5001, 5090))).toEqual([]);
  });
});

describe('ACPI', () => {
  const eject = (slot: number, sentMs: number, ejectMs: number, goneMs: number) => [
    qmp(sentMs, 'sent'),
    qmp(sentMs + 2, 'returned'),
    kernel(ejectMs, String.raw`ACPI: \x5c_SB_.PCI0.S10_.S${slot}8_: acpiphp_glue: Eject request in hotplug_event()`),
    kernel(goneMs, `bus: 'pci': remove device 0000:01:0${slot}.0`),
  ];
  const moments = (own: readonly Moment[], ...others: readonly (readonly Moment[])[]) =>
    queueMoments('acpiphp', own, others).map(({ atMs, what }) => [what, atMs]);

  test('the first is heard and handled at once', () => {
    expect(moments(eject(0, 0, 8, 40), eject(1, 1, 45, 80))).toEqual([]);
  });

  test('the next is heard of with the first, and handled after it', () => {
    expect(moments(eject(1, 1, 45, 80), eject(0, 0, 8, 40))).toEqual([
      ['joined', 8],
      ['served', 45],
    ]);
  });

  test('one that comes while another is handled waits from its command on, however silent that is', () => {
    expect(moments(eject(1, 10, 320, 650), eject(0, 0, 5, 315))).toEqual([
      ['joined', 12],
      ['served', 320],
    ]);
  });

  test('that the other is notified of once more, when it is finished, is no work', () => {
    const again = kernel(57, String.raw`ACPI: \x5c_SB_.PCI0.S10_.S08_: acpiphp_glue: Eject request in hotplug_event()`);
    expect(moments(eject(1, 50, 58, 90), [...eject(0, 0, 8, 40), again])).toEqual([]);
  });

  test('one that comes when the other is finished does not wait', () => {
    expect(moments(eject(1, 50, 58, 90), eject(0, 0, 8, 40))).toEqual([]);
  });
});
