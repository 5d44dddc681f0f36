import { clockZero, kernel, type PhaseTable } from '../phase.ts';

/** From `cont` to the agent's `ready`. QEMU's own start lies before it: the machine is created stopped. */
export const boot: PhaseTable = [
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
