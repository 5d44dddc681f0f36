import { describe, expect, test } from 'vitest';
import type { KnownDevice } from '../drivers/naming.ts';
import { type LineOwner, lineOwner } from './line-owner.ts';

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
