import { type PhaseTable, sentCommand } from '../phase.ts';

/** From `migrate-incoming` to the agent's `ready`, for a boot from a snapshot. */
export const restore: PhaseTable = [
  {
    name: 'restore',
    kind: 'host',
    end: sentCommand('cont'),
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
