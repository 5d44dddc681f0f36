import { z } from 'zod';
import { plainPart, sharedFilesystemPart, vsockPart } from './machine-parts.ts';
import { nativeHotplug } from './machine-type.ts';
import { bridgeSlots } from './pci-address.ts';
import { defineTopology, type MachinePart } from './topology.ts';

const BRIDGE_ID = 'pci-bridge-0';

/** The bridge as kata had it until commit 8bbcb06af5 of August 2021 (release 2.3): with its hot-plug controller, no reserves. */
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
    sharedFilesystemPart('kataShared', 'kataShared', 'romfile='),
    plainPart(
      'virtio-net-pci',
      ['virtio_net'],
      ...['-netdev', 'user,id=network-0,restrict=on'],
      ...['-device', `virtio-net-pci,netdev=network-0,mac=9a:be:ea:cc:8f:8f,mq=on,vectors=4,${modern}`],
    ),
  ];
}

const shared = {
  options: z.strictObject({}),
  machine: 'q35',
  parts: kataParts,
} as const;

export const kata2021 = defineTopology({
  ...shared,
  name: 'kata-2021',
  description: "kata's machine before its release 2.3 of 2021: its devices, and a pci-bridge under SHPC to plug into",
  controller: 'shpchp',
  slots: () => bridgeSlots(BRIDGE_ID, '02.0', 'shpchp'),
  slotBus: 'pci',
  arguments: (_, qemu) => [...nativeHotplug(qemu), ...BRIDGE],
});

export const kata2021Acpi = defineTopology({
  ...shared,
  name: 'kata-2021-acpi',
  description: 'the same machine with its bridge under ACPI hot-plug',
  controller: 'acpiphp',
  slots: () => bridgeSlots(BRIDGE_ID, '02.0', 'acpiphp'),
  slotBus: 'pci',
  arguments: () => BRIDGE,
});
