import { z } from 'zod';
import { deadNetwork, emptyDisk, libvirtPart, onPort, portArguments, portUse } from './libvirt-form.ts';
import { defineTopology, type MachinePart } from './topology.ts';

/*
 * A virtual machine of kubevirt with one interface and one disk: the example of its docs/pci-topology.md (commit 0523d9b0,
 * topology version 3), whose bus numbers are these. How many ports are free is decided in
 * pkg/virt-launcher/virtwrap/manager.go (commit 00341b09; hotplugDefaultTotalPorts and the constants around it). Devices
 * are of libvirt's model virtio-non-transitional, and QEMU's default of ACPI hot-plug is left as it is.
 *
 * Other than there: the disk is empty, the network leads nowhere, and there is no display.
 */

const INTERFACE_PORT = 1;
/** After the interface come the ports of three placeholders, which are removed again: 2, 3 and 4 are free. */
const SCSI_PORT = 5;
const SERIAL_PORT = 6;
const DISK_PORT = 7;
const BALLOON_PORT = 8;
const OCCUPIED = [INTERFACE_PORT, SCSI_PORT, SERIAL_PORT, DISK_PORT, BALLOON_PORT] as const;

/** Free ports at the least: max(8 - 7 in use, 3), or max(16 - 7, 6) in a guest of more than 2 GiB. */
const FREE = { small: 3, large: 9 } as const;

const options = z.strictObject({
  large: z
    .boolean()
    .default(false)
    .describe('as for a guest of more than 2 GiB of memory: 9 free root ports instead of 3'),
});

type KubevirtOptions = z.infer<typeof options>;

function parts(): readonly MachinePart[] {
  return [
    libvirtPart(['virtio_pci', 'virtio_scsi'], {
      driver: 'virtio-scsi-pci-non-transitional',
      id: 'scsi0',
      ...onPort(SCSI_PORT),
    }),
    libvirtPart(['virtio_console'], {
      driver: 'virtio-serial-pci-non-transitional',
      id: 'virtio-serial0',
      ...onPort(SERIAL_PORT),
    }),
    libvirtPart(
      ['virtio_blk'],
      {
        driver: 'virtio-blk-pci-non-transitional',
        ...onPort(DISK_PORT),
        drive: 'libvirt-1-format',
        id: 'ua-rootdisk',
        bootindex: 1,
      },
      () => emptyDisk('libvirt-1-format'),
    ),
    libvirtPart(
      ['virtio_net'],
      {
        driver: 'virtio-net-pci-non-transitional',
        netdev: 'hostua-default',
        id: 'ua-default',
        mac: '02:00:00:cd:ed:dd',
        ...onPort(INTERFACE_PORT),
        romfile: '',
      },
      () => deadNetwork('hostua-default'),
    ),
    libvirtPart(['virtio_balloon'], {
      driver: 'virtio-balloon-pci-non-transitional',
      id: 'balloon0',
      ...onPort(BALLOON_PORT),
    }),
  ];
}

function count({ large }: KubevirtOptions): number {
  return OCCUPIED.length + (large ? FREE.large : FREE.small);
}

export const kubevirt = defineTopology({
  name: 'kubevirt',
  description:
    "kubevirt's machine: its devices on PCIe root ports, and as many free ones as it reserves; ACPI hot-plug",
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pcie',
  parts,
  arguments: (given, qemu) => portArguments(count(given), qemu),
  ...portUse(count, OCCUPIED),
});
