import { z } from 'zod';
import { deadNetwork, emptyDisk, libvirtPart, onPort, portArguments, portUse, randomNumbers } from './libvirt-form.ts';
import { nativeHotplug } from './machine-type.ts';
import { defineTopology, type MachinePart } from './topology.ts';

/** Ports that the machine's devices sit on; 5 is free in the list quoted below, and so is 7, the last one. */
const OCCUPIED: readonly number[] = [1, 2, 3, 4, 6];
/** With fewer, libvirt's list would have no port 6. libvirt leaves one free by itself. */
const MIN_FREE = 1;
/** Device numbers 2 to 30 of the root bus with eight functions each would be more; a guest has 256 bus numbers. */
const MAX_FREE = 200;

const options = z.strictObject({
  free: z
    .int()
    .min(MIN_FREE)
    .max(MAX_FREE)
    .describe('root ports that are left free, by pcie-root-port controllers in the domain')
    .meta({ default: 2 })
    .exactOptional(),
});

type LibvirtOptions = z.infer<typeof options>;

/**
 * The devices of a libvirt machine as Christophe de Dinechin quotes them beside kata's ("Impact of our current choice of
 * PCI topology", kata-dev, 3 March 2021). Backends are such as any host has: the disk is empty, the network leads nowhere.
 */
function libvirtParts(): readonly MachinePart[] {
  return [
    libvirtPart(['xhci_pci'], { driver: 'qemu-xhci', p2: 15, p3: 15, id: 'usb', ...onPort(2) }),
    libvirtPart(['virtio_pci', 'virtio_console'], { driver: 'virtio-serial-pci', id: 'virtio-serial0', ...onPort(3) }),
    libvirtPart(
      ['virtio_blk'],
      { driver: 'virtio-blk-pci', ...onPort(4), drive: 'libvirt-2-format', id: 'virtio-disk0', bootindex: 1 },
      () => emptyDisk('libvirt-2-format'),
    ),
    libvirtPart(
      ['virtio_net'],
      { driver: 'virtio-net-pci', netdev: 'hostnet0', id: 'net0', mac: '52:54:00:cd:ed:dd', ...onPort(1) },
      () => deadNetwork('hostnet0'),
    ),
    randomNumbers({ driver: 'virtio-rng-pci', rng: 'objrng0', id: 'rng0', ...onPort(6) }),
  ];
}

/** The machine of the quoted list has two. */
function count({ free = 2 }: LibvirtOptions): number {
  return OCCUPIED.length + free;
}

const shared = {
  options,
  machine: 'q35',
  parts: libvirtParts,
  ...portUse(count, OCCUPIED),
} as const;

export const libvirt = defineTopology({
  ...shared,
  name: 'libvirt',
  description: "libvirt's machine: its devices on PCIe root ports, and free ones under native PCIe hot-plug",
  controller: 'pciehp',
  slotBus: 'pcie',
  arguments: (given, qemu) => [...nativeHotplug(qemu), ...portArguments(count(given), qemu)],
});

export const libvirtAcpi = defineTopology({
  ...shared,
  name: 'libvirt-acpi',
  description: 'the same machine with its ports under ACPI hot-plug: what libvirt starts since QEMU 6.1',
  controller: 'acpiphp',
  slotBus: 'pcie',
  arguments: (given, qemu) => portArguments(count(given), qemu),
});
