import type { ReadyVariant } from '../plan/ready-variant.ts';
import { schedule } from '../plan/schedule.ts';
import { listeningSocket, machineArguments, shellWord } from '../qemu/command-line.ts';
import { bootName } from '../run/run.ts';
import { topologyOf } from '../topology/index.ts';

/** Lines that show the order of boots and, per variant, the QEMU command line. Only the paths of sockets are stand-ins. */
export function planLines(qemu: string, ready: readonly ReadyVariant[], seed: number): readonly string[] {
  const plan = schedule(
    ready.map(({ variant }) => variant),
    seed,
  );
  return [
    `plan: ${plan.length} boots in this order (seed ${seed})`,
    ...plan.map((planned, index) => `  ${String(index + 1).padStart(4)}  ${bootName(planned)}`),
    ...ready.flatMap((one) => ['', ...commandLines(qemu, one)]),
  ];
}

function commandLines(qemu: string, { variant, guest, accelerator }: ReadyVariant): readonly string[] {
  const args = machineArguments(
    {
      topology: topologyOf(variant.topology),
      topologyOptions: variant.topologyOptions,
      guest: variant.guest,
      files: guest,
      accelerator: accelerator.used,
    },
    {
      monitor: listeningSocket('SOCKETS/qmp'),
      console: listeningSocket('SOCKETS/console', 'LOGS/console.log'),
      markers: listeningSocket('SOCKETS/markers'),
    },
  );
  return [
    `${variant.scenario}/${variant.name}: accelerator ${accelerator.used} (${accelerator.why})`,
    `  ${[qemu, ...args, '-S'].map(shellWord).join(' ')}`,
  ];
}
