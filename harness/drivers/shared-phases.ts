import { PCI_PROBING } from './kernel-messages.ts';
import { anyOf, appeared, type Edge, kernel, type PhaseRow, type PhaseTable, returned, served } from './phase-table.ts';

/** sd.c and virtio_blk.c when they have read a disk's size. */
const capacity = kernel(/\] \d+ \d+-byte logical blocks/);
/** The driver of disks that says nothing of their size (drivers/nvme/host/core.c). */
const probingNvme = kernel(/: really_probe: probing driver nvme\b/);

/** What is done with a device that has appeared, until it is usable. */
export const firstUse: PhaseTable = [
  {
    name: 'first-use',
    kind: 'guest',
    begin: appearedAs('block'),
    end: 'operation-end',
    required: false,
    source: 'the agent: open and a 512-byte direct read of a disk',
  },
  {
    name: 'link-up',
    kind: 'guest',
    begin: appearedAs('net'),
    end: 'operation-end',
    required: false,
    source:
      'the agent sets the interface up, until it has carrier: at once for virtio; e1000e first negotiates with QEMU ' +
      '(hw/net/e1000e_core.c, 0.5 s) and looks at the link every 2 s (netdev.c e1000_watchdog_task())',
  },
  {
    name: 'mount',
    kind: 'guest',
    begin: appearedAs('filesystem'),
    end: 'operation-end',
    required: false,
    source: 'the agent: a process of its own, mount(2) and statfs(2), which virtiofsd has to answer',
  },
];

/** What every plug ends with, whichever controller announced the device: from the bus scan to its first use. */
export const deviceReady: PhaseTable = [
  {
    name: 'queue-wait',
    kind: 'guest',
    end: served,
    required: false,
    source: 'other devices are handled first: the work queue kacpi_hotplug under ACPI, else pci_lock_rescan_remove()',
  },
  {
    name: 'enumeration',
    kind: 'guest',
    end: kernel(PCI_PROBING),
    required: true,
    source: 'pci_scan_slot(), pci_assign_unassigned_…() and pci_bus_add_devices(), until drivers/base/dd.c probes',
  },
  {
    name: 'driver-probe',
    kind: 'guest',
    begin: probingNvme,
    end: appeared,
    required: false,
    source: 'nvme_probe() and the work it leaves behind, until the uevent of the disk reaches the agent',
  },
  {
    name: 'driver-probe',
    kind: 'guest',
    end: anyOf(capacity, appearedAs('net', 'filesystem', 'virtio-driver', 'pci-driver')),
    required: true,
    source:
      'the probe functions of the PCI driver and of what it finds, until a disk reports its capacity, or the uevent of ' +
      'the network interface (register_netdevice()) or of the bound driver (driver_bound()) reaches the agent',
  },
  {
    name: 'device-node',
    kind: 'guest',
    begin: capacity,
    end: appeared,
    required: false,
    source: 'a disk, device_add_disk(): devtmpfs node and partition scan, until the uevent reaches the agent',
  },
  ...firstUse,
];

/** What an unplug ends with, where the guest lets the device go in one instruction. */
export const qemuDeletion: PhaseRow = {
  name: 'qemu-deletion',
  kind: 'host',
  end: 'operation-end',
  required: true,
  source: 'QEMU frees the device after an RCU grace period; util/rcu.c call_rcu_thread() sleeps up to 5 times 10 ms',
};

/** Recordings from before there were other classes say none. */
function appearedAs(...usableClasses: readonly string[]): Edge {
  return (moment) => appeared(moment) && usableClasses.includes('class' in moment ? moment.class : 'block');
}

/**
 * What every operation begins with: QEMU carries the command out and the guest hears of it. The guest may hear of it
 * before QEMU's reply is read; then the command counts until the guest heard.
 */
export function commandUntil(heard: Edge, source: string): PhaseTable {
  return [
    {
      name: 'qmp-command',
      kind: 'host',
      end: anyOf(returned, heard),
      required: true,
      source: 'from writing the command until its reply: QEMU creates the device, or asks the guest to release it',
    },
    // On the virtual clock QEMU's share takes no time; what is left are the guest's instructions until it says something.
    { name: 'notify', kind: 'host', virtualKind: 'guest', end: heard, required: true, source },
  ];
}
