import type { GuestConfig } from '../scenario/variant.ts';
import type { Topology } from '../topology/topology.ts';

/** The accelerator a machine really runs on. */
export type Accelerator = 'kvm' | 'tcg';

/** Kernel and initramfs files of the guest. */
export interface GuestFiles {
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
}

export interface MachineSpec {
  readonly topology: Topology;
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  readonly guest: GuestConfig;
  readonly files: GuestFiles;
  readonly accelerator: Accelerator;
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
export function kernelCommandLine(parameters: GuestConfig['parameters'], accelerator: Accelerator): string {
  const ours = accelerator === 'tcg' ? [KERNEL_PARAMETERS, TCG_KERNEL_PARAMETERS] : [KERNEL_PARAMETERS];
  return [...ours, ...parameterWords(parameters)].join(' ');
}

/** QEMU's own escape for a comma inside an option value. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}

/** Arguments of `qemu-system-x86_64` for this machine, without `-S`. */
export function machineArguments(spec: MachineSpec, channels: Channels): readonly string[] {
  const { topology, guest, files } = spec;
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', SANDBOX],
    ...['-machine', topology.machine],
    ...['-accel', spec.accelerator],
    // KVM's host model and TCG's full model are what each can do best; -cpu max would be the same under both names.
    ...['-cpu', spec.accelerator === 'kvm' ? 'host' : 'max'],
    ...['-smp', String(guest.cpus)],
    ...['-m', `${guest.memoryMiB}M`],
    ...['-kernel', files.kernelImage, '-initrd', files.initramfs],
    ...['-append', kernelCommandLine(guest.parameters, spec.accelerator)],
    ...['-chardev', `${channels.console},id=console`, '-serial', 'chardev:console'],
    ...['-chardev', `${channels.markers},id=markers`, '-serial', 'chardev:markers'],
    ...['-chardev', `${channels.monitor},id=monitor`, '-mon', 'chardev=monitor,mode=control'],
    ...topology.arguments(spec.topologyOptions),
  ];
}

/** A unix socket that QEMU listens on and starts without waiting for; `logFile` also keeps what goes through it. */
export function listeningSocket(path: string, logFile?: string): string {
  const log = logFile === undefined ? '' : `,logfile=${optionValue(logFile)}`;
  return `socket,path=${optionValue(path)},server=on,wait=off${log}`;
}

/** One word for a POSIX shell: as it is where that is safe, otherwise in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A shell script that starts the same machine by hand: the guest's console on the terminal, markers and QMP on sockets
 * in the working directory. Without `-S`, so it boots at once.
 */
export function handScript(qemu: string, spec: MachineSpec): string {
  const words = machineArguments(spec, {
    monitor: listeningSocket('qmp.sock'),
    console: 'stdio',
    markers: listeningSocket('markers.sock'),
  });
  return [
    '#!/bin/sh',
    '# The machine of this boot, started by hand: console on this terminal, QMP on ./qmp.sock, markers on ./markers.sock.',
    '# Devices were plugged with the device_add commands in qmp.jsonl. Leave with Ctrl-C or a QMP quit.',
    `exec ${[qemu, ...words].map(shellWord).join(' ')}`,
    '',
  ].join('\n');
}
