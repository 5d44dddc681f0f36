import { z } from 'zod';
import type { Slot } from '../device/device.ts';
import { plainPart, sharedFilesystemPart, vsockPart } from './machine-parts.ts';
import { nativeHotplug } from './machine-type.ts';
import { defineTopology, type MachinePart } from './topology.ts';

const BRIDGE_ID = 'pci-bridge-0';
/** A conventional PCI bus has device numbers 0 to 31, and the hot-plug controller of a pci-bridge leaves out 0. */
const FIRST_SLOT = 1;
const LAST_SLOT = 31;

/** The bridge as kata has it, with its hot-plug controller. */
const BRIDGE = ['-device', `pci-bridge,bus=pcie.0,id=${BRIDGE_ID},chassis_nr=1,shpc=on,addr=2,romfile=`] as const;

/**
 * The devices of a kata machine, in the order and with the options in which Christophe de Dinechin quotes them ("Impact
 * of our current choice of PCI topology", kata-dev, 3 March 2021). Backends are such as any host has: the console and the
 * network lead nowhere, and random numbers come from /dev/urandom.
 */
function kataParts(): readonly MachinePart[] {
  const modern = 'disable-modern=false,romfile=';
  return [
    plainPart(
      'virtio-serial-pci with a virtconsole',
      ['virtio_pci', 'virtio_console'],
      ...['-chardev', 'null,id=charconsole0'],
      ...['-device', `virtio-serial-pci,id=serial0,max_ports=2,${modern}`],
      ...['-device', 'virtconsole,chardev=charconsole0,id=console0'],
    ),
    plainPart('virtio-scsi-pci', ['virtio_scsi'], '-device', `virtio-scsi-pci,id=scsi0,${modern}`),
    plainPart(
      'virtio-rng-pci',
      ['virtio_rng'],
      ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
      ...['-device', 'virtio-rng-pci,rng=rng0,romfile='],
    ),
    vsockPart(`id=vsock0,${modern}`),
    sharedFilesystemPart('kataShared', 'romfile='),
    plainPart(
      'virtio-net-pci',
      ['virtio_net'],
      ...['-netdev', 'user,id=network-0,restrict=on'],
      ...['-device', `virtio-net-pci,netdev=network-0,mac=9a:be:ea:cc:8f:8f,mq=on,vectors=4,${modern}`],
    ),
  ];
}

function slots(): readonly Slot[] {
  return Array.from({ length: LAST_SLOT - FIRST_SLOT + 1 }, (_, index) => {
    const addr = (FIRST_SLOT + index).toString(16).padStart(2, '0');
    return { bus: BRIDGE_ID, addr, place: `02.0/${addr}.0` };
  });
}

const shared = { options: z.strictObject({}), machine: 'q35', parts: kataParts, slots } as const;

export const kata = defineTopology({
  ...shared,
  name: 'kata',
  description: "kata's machine of 2021: its devices, and a pci-bridge under SHPC to plug into",
  controller: 'shpchp',
  arguments: (_, qemu) => [...nativeHotplug(qemu), ...BRIDGE],
});

export const kataAcpi = defineTopology({
  ...shared,
  name: 'kata-acpi',
  description: 'the same machine with its bridge under ACPI hot-plug',
  controller: 'acpiphp',
  arguments: () => BRIDGE,
});
