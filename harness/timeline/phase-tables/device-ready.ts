import { anyOf, appeared, kernel, type PhaseTable } from '../phase.ts';

/** What every plug ends with, whichever controller announced the device: from the bus scan to its first use. */
export const deviceReady: PhaseTable = [
  {
    name: 'enumeration',
    kind: 'guest',
    end: kernel(/^bus: 'pci': really_probe: probing driver/),
    required: true,
    source: 'pci_scan_slot(), pci_assign_unassigned_…() and pci_bus_add_devices(), until drivers/base/dd.c probes',
  },
  {
    name: 'driver-probe',
    kind: 'guest',
    end: anyOf(kernel(/\] \d+ \d+-byte logical blocks/), appeared),
    required: true,
    source: 'the probe functions of the PCI driver and of what it finds; a disk reports its capacity near the end',
  },
  {
    name: 'device-node',
    kind: 'guest',
    end: appeared,
    required: true,
    source:
      'device_add_disk(): devtmpfs node and partition scan, until the uevent reaches the agent (empty for no disk)',
  },
  {
    name: 'first-use',
    kind: 'guest',
    begin: appeared,
    end: 'operation-end',
    required: true,
    source: 'the agent: for a disk, open and a 512-byte direct read',
  },
];
