import { z } from 'zod';
import type { Slot } from '../device/device.ts';
import { plainPart } from './machine-parts.ts';
import { nativeHotplug } from './machine-type.ts';
import { defineTopology, type MachinePart } from './topology.ts';

/** Functions of PCI device 2: libvirt gives eight root ports one device number. */
const PORTS = 7;
/** `port=` of the first, as libvirt counts them. */
const FIRST_PORT = 0x10;
/** Numbers of the ports that libvirt's devices leave free, in the list quoted below. */
const FREE_PORTS: readonly number[] = [5, 7];

/** pcie-root-port pci.1 to pci.7 on functions 0 to 6 of device 2. */
function portArguments(): readonly string[] {
  return Array.from({ length: PORTS }, (_, index) => {
    const place = index === 0 ? 'multifunction=on,addr=0x2' : `addr=0x2.0x${index}`;
    const port = (FIRST_PORT + index).toString(16);
    return ['-device', `pcie-root-port,port=0x${port},chassis=${index + 1},id=pci.${index + 1},bus=pcie.0,${place}`];
  }).flat();
}

/**
 * The devices of a libvirt machine as Christophe de Dinechin quotes them beside kata's ("Impact of our current choice of
 * PCI topology", kata-dev, 3 March 2021). Backends are such as any host has: the disk is empty, the network leads nowhere.
 */
function libvirtParts(): readonly MachinePart[] {
  return [
    plainPart('qemu-xhci', ['xhci_pci'], '-device', 'qemu-xhci,p2=15,p3=15,id=usb,bus=pci.2,addr=0x0'),
    plainPart(
      'virtio-serial-pci',
      ['virtio_pci', 'virtio_console'],
      ...['-device', 'virtio-serial-pci,id=virtio-serial0,bus=pci.3,addr=0x0'],
    ),
    plainPart(
      'virtio-blk-pci',
      ['virtio_blk'],
      ...['-blockdev', 'driver=null-co,node-name=libvirt-2-format,size=16777216,read-zeroes=on'],
      ...['-device', 'virtio-blk-pci,bus=pci.4,addr=0x0,drive=libvirt-2-format,id=virtio-disk0,bootindex=1'],
    ),
    plainPart(
      'virtio-net-pci',
      ['virtio_net'],
      ...['-netdev', 'user,id=hostnet0,restrict=on'],
      ...['-device', 'virtio-net-pci,netdev=hostnet0,id=net0,mac=52:54:00:cd:ed:dd,bus=pci.1,addr=0x0'],
    ),
    plainPart(
      'virtio-rng-pci',
      ['virtio_rng'],
      ...['-object', 'rng-random,id=objrng0,filename=/dev/urandom'],
      ...['-device', 'virtio-rng-pci,rng=objrng0,id=rng0,bus=pci.6,addr=0x0'],
    ),
  ];
}

function slots(): readonly Slot[] {
  return FREE_PORTS.map((port) => ({ bus: `pci.${port}`, addr: '00', place: `02.${port - 1}/00.0` }));
}

const shared = { options: z.strictObject({}), machine: 'q35', parts: libvirtParts, slots } as const;

export const libvirt = defineTopology({
  ...shared,
  name: 'libvirt',
  description: "libvirt's machine: its devices on PCIe root ports, two ports free, under native PCIe hot-plug",
  controller: 'pciehp',
  arguments: (_, qemu) => [...nativeHotplug(qemu), ...portArguments()],
});

export const libvirtAcpi = defineTopology({
  ...shared,
  name: 'libvirt-acpi',
  description: "the same machine with its ports under ACPI hot-plug, QEMU's default since 6.1",
  controller: 'acpiphp',
  arguments: portArguments,
});
