import { type PhaseTable, returnedFrom } from '../phase.ts';

/**
 * A plug while the guest boots. The rest is `unattributed`: the kernel's messages, from which phases are told, are switched
 * on when the guest is ready.
 */
export const duringBoot: PhaseTable = [
  {
    name: 'qmp-command',
    kind: 'host',
    end: returnedFrom('device_add'),
    required: true,
    source: 'from writing the command until its reply: QEMU creates the device',
  },
];
