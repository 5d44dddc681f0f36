import { shellWord } from '../host/run-tool.ts';
import { machineSpec, type ReadyVariant } from '../plan/ready-variant.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import { listeningSocket, machineArguments } from '../qemu/command-line.ts';
import { bootName } from '../run/perform-boot.ts';

/** Lines that show the order of boots and, per variant, the QEMU command line. Only the paths of sockets are stand-ins. */
export function planLines(
  ready: readonly ReadyVariant[],
  boots: readonly PlannedBoot[],
  seed: number,
): readonly string[] {
  return [
    `plan: ${boots.length} boots in this order (seed ${seed})`,
    ...boots.map((planned, index) => `  ${String(index + 1).padStart(4)}  ${bootName(planned)}`),
    ...ready.flatMap((one) => ['', ...commandLines(one)]),
  ];
}

function commandLines(ready: ReadyVariant): readonly string[] {
  const { variant, accelerator, qemu } = ready;
  const channels = {
    monitor: listeningSocket('SOCKETS/qmp'),
    console: listeningSocket('SOCKETS/console', 'LOGS/console.log'),
    markers: listeningSocket('SOCKETS/markers'),
  };
  const args = machineArguments(machineSpec(ready), channels, 'SOCKETS');
  return [
    `${variant.scenario}/${variant.name}: accelerator ${accelerator.used} (${accelerator.why})`,
    `  ${[qemu, ...args, '-S'].map(shellWord).join(' ')}`,
  ];
}
