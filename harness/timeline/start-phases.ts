import { appeared, type PhaseTable, ready, sentCommand } from '../drivers/phase-table.ts';
import { firstUse } from '../drivers/shared-phases.ts';
import { START_COMMANDS } from '../qemu/qmp-messages.ts';

/**
 * A device that is there from the start, from QEMU's process to its first use: what QEMU does before the boot, the phases of the
 * boot, and what is left to be done when the guest is ready. A driver finds the device somewhere in the boot, as one of many
 * things that happen there; so that is in the boot's phases and in none of its own.
 *
 * @param boot the phases of the boot that it comes with
 */
export function fromTheStart(boot: PhaseTable): PhaseTable {
  return [
    {
      name: 'qemu-start',
      kind: 'host',
      end: sentCommand(START_COMMANDS.boot, START_COMMANDS.restore),
      required: true,
      source:
        "from the start of QEMU's process: its libraries, the machine and its devices (qemu_init()), its sockets, until the " +
        'command with which the guest goes on is written',
    },
    ...boot.map((row) => (row.end === 'operation-end' ? { ...row, end: ready } : row)),
    {
      name: 'device-search',
      kind: 'guest',
      end: appeared,
      required: true,
      source: 'the agent looks for its devices in sysfs, one after another where there are several (agent/started.c)',
    },
    ...firstUse,
  ];
}
