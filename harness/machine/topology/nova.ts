import { z } from 'zod';
import { deadNetwork, emptyDisk, libvirtPart, onPort, portArguments, portUse } from './libvirt-form.ts';
import { defineTopology, type MachinePart } from './topology.ts';

/*
 * An instance of OpenStack nova on q35 (hw_machine_type=q35) with one disk and one interface. Nova asks libvirt for
 * `num_pcie_ports` root ports (nova/virt/libvirt/driver.py, _guest_add_pcie_root_ports(); the option stands in
 * nova/conf/libvirt.py, commit 009ffe41), and libvirt gives the devices the first of them: interfaces, then controllers
 * (q35 has a qemu-xhci by default), disks, and the balloon that nova reads its statistics from (mem_stats_period_seconds).
 *
 * Other than there: the disk is empty, the network leads nowhere, and there is no display.
 */

const INTERFACE_PORT = 1;
const USB_PORT = 2;
const DISK_PORT = 3;
const BALLOON_PORT = 4;
const OCCUPIED = [INTERFACE_PORT, USB_PORT, DISK_PORT, BALLOON_PORT] as const;

/**
 * Where nova asks for none, libvirt makes as many as the devices need and one more to plug into; where ports are asked for
 * by number, only what the devices need (src/qemu/qemu_domain_address.c, qemuDomainAssignPCIAddresses()).
 */
const FREE_BY_DEFAULT = 1;
/** Nova's own limit. */
const MAX_PORTS = 28;

const options = z.strictObject({
  num_pcie_ports: z
    .int()
    .min(0)
    .max(MAX_PORTS)
    .default(0)
    .describe(
      "nova's option: root ports in all, of which the devices take 4; 0 leaves it to libvirt, which leaves 1 free",
    ),
});

type NovaOptions = z.infer<typeof options>;

function parts(): readonly MachinePart[] {
  return [
    libvirtPart(['xhci_pci'], { driver: 'qemu-xhci', id: 'usb', ...onPort(USB_PORT) }),
    libvirtPart(
      ['virtio_pci', 'virtio_blk'],
      {
        driver: 'virtio-blk-pci',
        ...onPort(DISK_PORT),
        drive: 'libvirt-1-format',
        id: 'virtio-disk0',
        bootindex: 1,
        'write-cache': 'on',
      },
      () => emptyDisk('libvirt-1-format'),
    ),
    libvirtPart(
      ['virtio_net'],
      { driver: 'virtio-net-pci', netdev: 'hostnet0', id: 'net0', mac: 'fa:16:3e:cd:ed:dd', ...onPort(INTERFACE_PORT) },
      () => deadNetwork('hostnet0'),
    ),
    libvirtPart(['virtio_balloon'], { driver: 'virtio-balloon-pci', id: 'balloon0', ...onPort(BALLOON_PORT) }),
  ];
}

function count({ num_pcie_ports: asked }: NovaOptions): number {
  return asked === 0 ? OCCUPIED.length + FREE_BY_DEFAULT : Math.max(asked, OCCUPIED.length);
}

export const nova = defineTopology({
  name: 'nova',
  description:
    "OpenStack nova's machine on q35: its devices on PCIe root ports, the free ones by num_pcie_ports; ACPI hot-plug",
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pcie',
  parts,
  arguments: (given, qemu) => portArguments(count(given), qemu),
  ...portUse(count, OCCUPIED),
});
