import { shellWord } from '../host/run-tool.ts';
import { isBefore, type MajorMinor } from '../machine/qemu-release.ts';
import { optionValue } from '../machine/qemu-syntax.ts';
import type { MachinePart, Topology } from '../machine/topology/topology.ts';
import type { GuestConfig } from '../variant.ts';
import type { Accelerator, Clock } from '../vocabulary.ts';
import { type DeviceFromStart, deviceArguments } from './device-arguments.ts';

/** Kernel and initramfs files of the guest. */
interface GuestFiles {
  readonly kernelImage: string;
  readonly initramfs: string;
}

/** Where the machine's three channels to the outside go: QEMU `-chardev` values without the id. */
export interface Channels {
  /** QMP monitor. */
  readonly monitor: string;
  /** First ISA UART: the guest's console. */
  readonly console: string;
  /** Second ISA UART: the agent's markers. */
  readonly markers: string;
  /** Debug port of the firmware, for a machine that has one. */
  readonly firmware: string;
}

export interface MachineSpec {
  readonly topology: Topology;
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  /** Of the QEMU it is for; a recent one's, if not given. */
  readonly qemuRelease?: MajorMinor;
  /** Instead of the topology's own type. */
  readonly machine?: string;
  /** File of the firmware; QEMU's own, if not given. */
  readonly firmware?: string;
  /** Parts that the host can give. */
  readonly parts?: readonly MachinePart[];
  /** In slots of the topology, none of them twice. */
  readonly started?: readonly DeviceFromStart[];
  /** Whether a process beside QEMU has to see the guest's memory, for a device of the scenario. */
  readonly sharesMemory?: boolean;
  /** The scenario's own, behind all others. */
  readonly ownArguments?: readonly string[];
  readonly guest: GuestConfig;
  readonly files: GuestFiles;
  readonly accelerator: Accelerator;
  /** What the guest's time is measured on; the host's, if not given. */
  readonly clock?: Clock;
}

/**
 * Kernel parameters of every guest; a scenario's own come after them, and the kernel takes the last word.
 * `quiet`: printing to an emulated UART costs milliseconds and would land in the samples; panics are printed all the same.
 * `panic=-1` with `-no-reboot`: a guest that panics ends its QEMU at once instead of hanging until the time limit.
 */
const KERNEL_PARAMETERS = 'console=ttyS0 quiet panic=-1';

/**
 * Under TCG the guest does not trust its time-stamp counter: the kernel log's clock then moves in ticks of 4 ms, and its
 * lines cannot be placed. QEMU takes that counter from the host's own, so it is as steady as the host's. Under KVM the
 * guest has kvm-clock.
 */
const TCG_KERNEL_PARAMETERS = 'tsc=reliable';

/**
 * Under TCG the kernel tests at boot whether the timer interrupts: five ticks of 4 ms have to come within 160 million cycles
 * of the time-stamp counter (arch/x86/kernel/apic/io_apic.c, timer_irq_works()). That counter goes on at the host's pace
 * while a busy host lets the thread of QEMU wait that raises the ticks; the kernel then tries three other ways to wire the
 * timer, and panics ("IO-APIC + timer doesn't work!") or hangs. QEMU's timer is known to work. Under KVM the kernel skips the
 * test by itself (arch/x86/kernel/kvm.c, paravirt_ops_setup()), and on the virtual clock ticks and counter keep step.
 */
const TCG_HOST_TIME_KERNEL_PARAMETERS = 'no_timer_check';

/**
 * Virtio devices to which the guest writes requests while it gets them ready (virtio-net's control queue, whose answer the
 * driver awaits in a loop; virtio-serial's). With ioeventfd they are taken in by QEMU's main loop, when the host comes to it.
 */
const QUEUED_VIRTIO = ['virtio-blk-pci', 'virtio-scsi-pci', 'virtio-net-pci', 'virtio-serial-pci'] as const;

/**
 * The virtual clock counts 2^1 ns an instruction, and an idle guest leaps to its next timer. Nothing else in the machine
 * may tell the time or be left to chance: the RTC follows the virtual clock, random numbers for the guest (RDRAND, the seed
 * that QEMU hands the kernel) come from a fixed seed, and a virtio device's request is taken in by the instruction that makes
 * it instead of by the main loop some time later.
 */
export const ICOUNT_SHIFT = 1;
/** What the RTC shows when the machine is created. */
export const VIRTUAL_RTC_BASE = '2024-01-01T00:00:00';
const VIRTUAL_CLOCK_ARGUMENTS = [
  ...['-icount', `shift=${ICOUNT_SHIFT},sleep=off`],
  ...['-rtc', `clock=vm,base=${VIRTUAL_RTC_BASE}`],
  ...['-seed', '1'],
  ...QUEUED_VIRTIO.flatMap((driver) => ['-global', `${driver}.ioeventfd=off`]),
];

/**
 * Under -icount the time-stamp counter is the virtual clock in nanoseconds. Calibrated against the PIT, as the kernel would,
 * it is taken to be 49 ppm slower for the first seconds.
 */
const VIRTUAL_KERNEL_PARAMETERS = 'tsc_early_khz=1000000';

/** A kernel may be built to leave an Intel IOMMU alone until it is told to use it (CONFIG_INTEL_IOMMU_DEFAULT_OFF). */
const IOMMU_KERNEL_PARAMETERS = 'intel_iommu=on';

/** Every system call QEMU does not need after start is denied: a guest under test is not a trusted one. */
const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** Parameters as the kernel parses them: a bare flag for `null`, values with spaces in double quotes. */
export function parameterWords(parameters: GuestConfig['parameters']): readonly string[] {
  return Object.entries(parameters).map(([key, value]) => {
    if (value === null) return key;
    return /\s/.test(value) ? `${key}="${value}"` : `${key}=${value}`;
  });
}

/** The whole kernel command line. */
export function kernelCommandLine(
  { parameters, iommu }: Pick<GuestConfig, 'parameters' | 'iommu'>,
  accelerator: Accelerator,
  clock: Clock = 'real',
): string {
  return [
    KERNEL_PARAMETERS,
    ...(accelerator === 'tcg' ? [TCG_KERNEL_PARAMETERS] : []),
    ...(accelerator === 'tcg' && clock === 'real' ? [TCG_HOST_TIME_KERNEL_PARAMETERS] : []),
    ...(clock === 'virtual' ? [VIRTUAL_KERNEL_PARAMETERS] : []),
    ...(iommu ? [IOMMU_KERNEL_PARAMETERS] : []),
    ...parameterWords(parameters),
  ].join(' ');
}

/**
 * The first QEMU whose virtual CPUs may translate code on threads of their own while another of them patches it. Before,
 * QEMU locked a page only when a block was already translated (5.2: accel/tcg/translate-all.c, 7.2: accel/tcg/tb-maint.c,
 * tb_link_page()): an instruction that had been overwritten in between stayed in the block for good. Linux patches itself all
 * the time, with a breakpoint as the step between; a guest that goes on meeting it hangs up to 6.1 and panics from 6.12 on
 * (docs/known-faults.md).
 */
const SAFE_TRANSLATION_SINCE: MajorMinor = [8, 1];

/**
 * One thread translates for all virtual CPUs where threads would be unsafe, and in virtual time, which needs it.
 * VFIO hands no device to userspace without interrupt remapping, and with KVM QEMU's IOMMU has that only when the I/O
 * APIC is QEMU's own ("split"); TCG's always is.
 */
function acceleratorOf({ guest, accelerator, clock, qemuRelease }: MachineSpec): string {
  if (accelerator === 'kvm') return guest.iommu ? 'kvm,kernel-irqchip=split' : 'kvm';
  const isUnsafe = guest.cpus > 1 && qemuRelease && isBefore(qemuRelease, SAFE_TRANSLATION_SINCE);
  return clock === 'virtual' || isUnsafe ? 'tcg,thread=single' : 'tcg';
}

/**
 * The first QEMU known to execute BMI2 before the guest has switched SSE on. QEMU 5.2 takes shlx, which has the prefix of an
 * SSE instruction, for one, and raises an invalid opcode while CR4.OSFXSR is 0 (target/i386/translate.c, gen_sse()); QEMU 7.2
 * has another decoder (target/i386/tcg/decode-new.c.inc). A kernel that is compressed with zstd, as Debian's are from 6.12 on,
 * unpacks itself with shlx where the processor has BMI2, with no SSE on yet: the guest resets before its first message.
 */
const EARLY_BMI2_SINCE: MajorMinor = [7, 2];

/** KVM's host model and TCG's full model are what each can do best; -cpu max would be the same under both names. */
function processorOf({ accelerator, qemuRelease }: MachineSpec): string {
  if (accelerator === 'kvm') return 'host';
  return qemuRelease && isBefore(qemuRelease, EARLY_BMI2_SINCE) ? 'max,bmi2=off' : 'max';
}

/**
 * The IOMMU stands before the devices. These stay as they are without one, so that a virtio device does its DMA past it
 * (that would take iommu_platform=on): the guest forms its groups from the topology, not from what devices do.
 */
function iommuArguments({ iommu }: GuestConfig): readonly string[] {
  return iommu ? ['-device', 'intel-iommu'] : [];
}

/**
 * SeaBIOS looks for a debug port here (its CONFIG_DEBUG_IO), and where there is one writes each message to it byte by byte. It is
 * on the ISA bus, so it is no further PCI device.
 */
const FIRMWARE_DEBUG_PORT = '0x402';

/** Whether the firmware's messages are listened to: when they arrive says nothing on the virtual clock. */
export function hasFirmwareLog({ guest, clock = 'real' }: Pick<MachineSpec, 'guest' | 'clock'>): boolean {
  return guest.firmwareLog && clock === 'real';
}

function firmwareArguments(spec: MachineSpec, { firmware }: Channels): readonly string[] {
  if (!hasFirmwareLog(spec)) return [];
  const port = `isa-debugcon,iobase=${FIRMWARE_DEBUG_PORT},chardev=firmware`;
  return ['-chardev', `${firmware},id=firmware`, '-device', port];
}

/** A process beside QEMU that has to see the guest's memory (vhost-user) gets it as a file descriptor. */
function memoryArguments({ guest, parts = [], sharesMemory }: MachineSpec): readonly string[] {
  if (!sharesMemory && !parts.some((part) => part.sharesMemory)) return [];
  const backend = `memory-backend-memfd,id=memory,size=${guest.memoryMiB}M,share=on`;
  return ['-object', backend, '-machine', 'memory-backend=memory'];
}

/**
 * Arguments of `qemu-system-x86_64` for this machine, without `-S`.
 *
 * @param directory for the sockets of the machine's parts
 * @param directoryOf for those of a device that is there from the start, its own
 */
export function machineArguments(
  spec: MachineSpec,
  channels: Channels,
  directory: string,
  directoryOf = (deviceId: string) => `${directory}/${deviceId}`,
): readonly string[] {
  const { topology, guest, files, parts = [], started = [], ownArguments = [] } = spec;
  const machine = topology.arguments(spec.topologyOptions, spec.qemuRelease);
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', SANDBOX],
    ...['-machine', spec.machine ?? topology.machine],
    ...(spec.firmware === undefined ? [] : ['-bios', spec.firmware]),
    ...['-accel', acceleratorOf(spec)],
    ...(spec.clock === 'virtual' ? VIRTUAL_CLOCK_ARGUMENTS : []),
    ...['-cpu', processorOf(spec)],
    ...['-smp', String(guest.cpus)],
    ...['-m', `${guest.memoryMiB}M`],
    ...['-kernel', files.kernelImage, '-initrd', files.initramfs],
    ...['-append', kernelCommandLine(guest, spec.accelerator, spec.clock)],
    ...['-chardev', `${channels.console},id=console`, '-serial', 'chardev:console'],
    ...['-chardev', `${channels.markers},id=markers`, '-serial', 'chardev:markers'],
    ...['-chardev', `${channels.monitor},id=monitor`, '-qmp', 'chardev:monitor'],
    ...firmwareArguments(spec, channels),
    ...iommuArguments(guest),
    ...machine,
    ...memoryArguments(spec),
    ...parts.flatMap((part) => part.arguments(directory, spec.qemuRelease)),
    ...started.flatMap((one) => deviceArguments(one, machine, directoryOf(one.deviceId))),
    ...ownArguments,
  ];
}

/** A unix socket that QEMU listens on and starts without waiting for; `logFile` also keeps what goes through it. */
export function listeningSocket(path: string, logFile?: string): string {
  const log = logFile === undefined ? '' : `,logfile=${optionValue(logFile)}`;
  return `socket,path=${optionValue(path)},server=on,wait=off${log}`;
}

/**
 * A shell script that starts the same machine by hand: the guest's console on the terminal, markers and QMP on sockets
 * in the working directory. Without `-S`, so it boots at once.
 */
export function handScript(qemu: string, spec: MachineSpec): string {
  const channels = {
    monitor: listeningSocket('qmp.sock'),
    console: 'stdio',
    markers: listeningSocket('markers.sock'),
    firmware: listeningSocket('firmware.sock'),
  };
  const words = machineArguments(spec, channels, '.');
  return [
    '#!/bin/sh',
    '# The machine of this boot, started by hand: console on this terminal, QMP on ./qmp.sock, markers on ./markers.sock.',
    '# Devices were plugged with the device_add commands in qmp.jsonl. Leave with Ctrl-C or a QMP quit.',
    `exec ${[qemu, ...words].map(shellWord).join(' ')}`,
    '',
  ].join('\n');
}
