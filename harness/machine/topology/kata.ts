import { z } from 'zod';
import { plainPart, sharedFilesystemPart, vsockPart } from './machine-parts.ts';
import { placesBehindPorts, slotsOfBridges } from './pci-address.ts';
import { defineTopology, type MachinePart } from './topology.ts';

/*
 * The machine of kata-containers 4.1.0 (commit 7c6ba40c, August 2026) on x86. What is emitted, and in which form, stands in
 * src/runtime-rs/crates/hypervisor/src/qemu/cmdline_generator.rs: QemuCmdLine::new() makes what is there always; what the
 * sandbox asks for (src/runtime-rs/crates/runtimes/virt_container/src/sandbox.rs, prepare_for_start_sandbox(): vsock,
 * network, shared filesystem) is added behind it, and the console last. The Go runtime (src/runtime/virtcontainers/qemu.go,
 * genericAppendBridges()) emits the same bridge, with `romfile=` before the reserves.
 *
 * Other than there: the network and the console lead nowhere instead of to a tap device and a socket, QEMU opens
 * /dev/vhost-vsock itself, and there is no NVDIMM with a root filesystem, since the guest lives in its initramfs.
 */

/** cmdline_generator.rs, BRIDGE_PCI_START_ADDR. */
const FIRST_ADDR = 2;
/** cmdline_generator.rs, NESTED_ROOT_PORT_CHASSIS_BASE. */
const FIRST_PORT_CHASSIS = 16;
/** Kata's own limit for `default_bridges`: maxPCIBridges in src/runtime/pkg/katautils/config.go. */
const MAX_BRIDGES = 5;
/** Makefile of runtime-rs, DEFVIRTIOFSQUEUESIZE. */
const FILESYSTEM_QUEUE_SIZE = 1024;
/** Kata names it after the tap device, tap0_kata for the first. */
const NETDEV_ID = 'network-tap0_kata';

const options = z.strictObject({
  bridges: z
    .int()
    .min(1)
    .max(MAX_BRIDGES)
    .default(1)
    .describe("pci-bridges to plug into, kata's default_bridges: 32 slots each"),
});

type KataOptions = z.infer<typeof options>;

const bridgeBus = (index: number) => `pci-bridge-${index}`;
const ROW = { firstAddr: FIRST_ADDR, busOf: bridgeBus, controller: 'acpiphp' } as const;

/**
 * Without a hot-plug controller on it, firmware may take a bridge for one that nothing is plugged into and reserve nothing
 * behind it; hence kata's reserves.
 */
function bridge(index: number): readonly string[] {
  const device = `pci-bridge,bus=pcie.0,id=${bridgeBus(index)},chassis_nr=${index + 1},shpc=off,addr=${FIRST_ADDR + index}`;
  return ['-device', `${device},io-reserve=4k,mem-reserve=1m,pref64-reserve=1m`];
}

/** OVMF heeds reserves at root ports only: it gives a pci-bridge on the root bus no room for what is plugged later. */
function nestedBridge(index: number): readonly string[] {
  const port = `rp-pci-bridge-${index}`;
  const place = `addr=${FIRST_ADDR + index},chassis=${FIRST_PORT_CHASSIS + index},slot=0,bus=pcie.0,multifunction=off`;
  return [
    ...['-device', `pcie-root-port,id=${port},${place},bus-reserve=0x1,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m`],
    ...['-device', `pcie-pci-bridge,bus=${port},id=${bridgeBus(index)}`],
  ];
}

/** In kata's order, in which the bridges come after the first device: it takes device number 1. */
function parts(
  { bridges }: KataOptions,
  bridgeArguments: (index: number) => readonly string[],
): readonly MachinePart[] {
  return [
    plainPart(
      'virtio-rng-pci',
      ['virtio_pci', 'virtio_rng'],
      ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
      ...['-device', 'virtio-rng-pci,rng=rng0'],
    ),
    plainPart('bridges', [], ...Array.from({ length: bridges }, (_, index) => bridgeArguments(index)).flat()),
    plainPart('virtio-scsi-pci', ['virtio_scsi'], '-device', 'virtio-scsi-pci,id=scsi0'),
    vsockPart(),
    plainPart(
      'virtio-net-pci',
      ['virtio_net'],
      ...['-netdev', `user,id=${NETDEV_ID},restrict=on`],
      ...['-device', `virtio-net-pci,netdev=${NETDEV_ID},mac=9a:be:ea:cc:8f:8f,mq=on,vectors=4`],
    ),
    sharedFilesystemPart('virtiofsd-chardev', 'kataShared', `queue-size=${FILESYSTEM_QUEUE_SIZE}`),
    plainPart(
      'virtio-serial-pci with a virtconsole',
      ['virtio_console'],
      ...['-device', 'virtio-serial-pci,id=serial0'],
      ...['-device', 'virtconsole,id=console0,chardev=charconsole0'],
      ...['-chardev', 'null,id=charconsole0'],
    ),
  ];
}

export const kata = defineTopology({
  name: 'kata',
  description: "kata's machine: its devices, and pci-bridges without a controller of their own under ACPI hot-plug",
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pci',
  parts: (given) => parts(given, bridge),
  arguments: () => [],
  slots: ({ bridges }) => slotsOfBridges({ bridges, ...ROW }),
});

export const kataOvmf = defineTopology({
  name: 'kata-ovmf',
  description: "kata's machine as it is with OVMF: each bridge is a pcie-pci-bridge behind a root port; ACPI hot-plug",
  options,
  machine: 'q35',
  controller: 'acpiphp',
  slotBus: 'pci',
  parts: (given) => parts(given, nestedBridge),
  arguments: () => [],
  slots: ({ bridges }) => slotsOfBridges({ bridges, ...ROW, below: '/00.0' }),
  occupied: ({ bridges }) => placesBehindPorts(bridges, FIRST_ADDR),
});
