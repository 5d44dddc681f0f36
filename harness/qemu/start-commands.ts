import type { BootMode, OperationName } from '../vocabulary.ts';

/** The QMP commands with which operations begin: a latency is counted from when one is written. */
export const START_COMMANDS = {
  boot: 'cont',
  /** A boot from a snapshot begins where QEMU begins to read the saved guest. */
  restore: 'migrate-incoming',
  plug: 'device_add',
  unplug: 'device_del',
} as const;

export type StartCommand = (typeof START_COMMANDS)[keyof typeof START_COMMANDS];

export function startCommand(operation: OperationName, bootMode: BootMode = 'fresh'): StartCommand {
  return START_COMMANDS[operation === 'boot' && bootMode === 'snapshot' ? 'restore' : operation];
}

export function isStartCommand(name: string): name is StartCommand {
  return (Object.values(START_COMMANDS) as readonly string[]).includes(name);
}
