import { drivers } from '../drivers/index.ts';
import {
  clockZero,
  kernel,
  kernelEntry,
  logZero,
  type PhaseTable,
  returnedFrom,
  sentCommand,
} from '../drivers/phase-table.ts';
import { START_COMMANDS } from '../qemu/qmp-messages.ts';
import type { Clock, Controller } from '../vocabulary.ts';
import type { Operation } from './recording.ts';

/** From `cont` to the agent's `ready`. QEMU's own start lies before it: the machine is created stopped. */
const boot: PhaseTable = [
  {
    name: 'firmware',
    kind: 'guest',
    end: clockZero,
    required: true,
    source: 'SeaBIOS, the linuxboot option ROM and the decompressor, until timekeeping_init() starts CLOCK_MONOTONIC',
  },
  {
    name: 'kernel',
    kind: 'guest',
    end: kernel(/^Run \S+ as init process/),
    required: true,
    source: 'init/main.c run_init_process()',
  },
  {
    name: 'init',
    kind: 'guest',
    end: 'operation-end',
    required: true,
    source: 'the agent: mounts, modules, ready',
  },
];

/**
 * A boot on the virtual clock. CLOCK_MONOTONIC, whose zero ends the firmware on the real clock, counts jiffies until Linux has
 * a clock source, and does not say when it began; the kernel log's clock is the time-stamp counter from its beginning, and
 * does. So the kernel begins a little later here than there, by what setup_arch() does before.
 */
const virtualBoot: PhaseTable = [
  {
    name: 'firmware',
    kind: 'guest',
    end: kernelEntry,
    required: true,
    source: 'SeaBIOS, the linuxboot option ROM and the 16-bit part of the kernel, until its 32-bit entry point',
  },
  {
    name: 'decompression',
    kind: 'guest',
    end: logZero,
    required: true,
    source: "arch/x86/boot/compressed, then start_kernel() until tsc_early_init() starts the log's clock",
  },
  ...boot.slice(boot.findIndex(({ name }) => name === 'kernel')),
];

/** From `migrate-incoming` to the agent's `ready`, for a boot from a snapshot. */
const restore: PhaseTable = [
  {
    name: 'restore',
    kind: 'host',
    end: sentCommand(START_COMMANDS.boot),
    required: true,
    source: "QEMU reads the saved guest's memory and devices (migration/savevm.c qemu_loadvm_state())",
  },
  {
    name: 'resume',
    kind: 'guest',
    end: 'operation-end',
    required: true,
    source: 'the guest goes on where it was, and the agent answers',
  },
];

/**
 * A plug while the guest boots. The rest is `unattributed`: the kernel's messages, from which phases are told, are switched
 * on when the guest is ready.
 */
const duringBoot: PhaseTable = [
  {
    name: 'qmp-command',
    kind: 'host',
    end: returnedFrom(START_COMMANDS.plug),
    required: true,
    source: 'from writing the command until its reply: QEMU creates the device',
  },
];

/** The phases of an operation under a controller. */
export function phaseTable(operation: Operation, controller: Controller, clock: Clock): PhaseTable {
  const table = tableOf(operation, controller, clock);
  if (clock === 'real') return table;
  return table.map((row) => ({ ...row, kind: row.virtualKind ?? row.kind }));
}

function tableOf({ operation, bootMode, offsetMs }: Operation, controller: Controller, clock: Clock): PhaseTable {
  if (offsetMs !== undefined) return duringBoot;
  if (operation !== 'boot') return drivers[controller].phases[operation];
  if (bootMode === 'snapshot') return restore;
  return clock === 'virtual' ? virtualBoot : boot;
}
