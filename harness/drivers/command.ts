import { anyOf, type Edge, type PhaseTable, returned } from './phase-table.ts';

/**
 * What every operation begins with: QEMU carries the command out and the guest hears of it. The guest may hear of it
 * before QEMU's reply is read; then the command counts until the guest heard.
 */
export function commandUntil(heard: Edge, source: string): PhaseTable {
  return [
    {
      name: 'qmp-command',
      kind: 'host',
      end: anyOf(returned, heard),
      required: true,
      source: 'from writing the command until its reply: QEMU creates the device, or asks the guest to release it',
    },
    // On the virtual clock QEMU's share takes no time; what is left are the guest's instructions until it says something.
    { name: 'notify', kind: 'host', virtualKind: 'guest', end: heard, required: true, source },
  ];
}
