import type { Way, WaysOfMachine } from '../harness/findings/ways.ts';
import { settingText } from '../harness/scenario/setting-text.ts';
import { count, list, ms } from './words.ts';

const WHEN = {
  'from-the-start': 'there from the start',
  'during-the-boot': 'plugged during the boot',
  'when-ready': 'plugged when the guest is ready',
  mixed: 'by several ways at once',
} as const;

/** `plugged when the guest is ready`, `plugged into a restored guest`. */
export function wayText({ when, bootMode }: Pick<Way, 'when' | 'bootMode'>): string {
  if (bootMode === 'fresh') return WHEN[when];
  return when === 'when-ready' ? 'plugged into a restored guest' : `${WHEN[when]}, in a restored guest`;
}

/** `acpi-root-port-ports2`: its topology and what is not the default of it. */
export function machineText({ topology, topologyOptions }: WaysOfMachine): string {
  return settingText('topology', { name: topology, options: topologyOptions });
}

/**
 * Which way is soonest on one machine, by how much, and what it costs, in one sentence. Of two medians whose intervals overlap, or that have
 * none, it is said that the boots do not tell them apart.
 */
export function waysSentence(machine: WaysOfMachine): string {
  const { ways, devices, slots } = machine;
  const [best, ...others] = ways.filter(({ untilUsableMs, failed }) => untilUsableMs !== undefined && failed === 0);
  const failing = ways.filter(({ failed }) => failed > 0);
  const risk =
    failing.length === 0
      ? 'no boot of any failed'
      : `failed have ${list(failing.map((way) => `${way.failed} of ${count(way.boots, 'boot')} with devices ${wayText(way)}`))}`;
  const memory = ways.flatMap((way) =>
    way.residentMiB === undefined ? [] : [`${way.residentMiB.toFixed(0)} MiB ${wayText(way)}`],
  );
  const cost = [
    `${devices} of ${count(slots, 'slot')} ${devices === 1 ? 'is' : 'are'} taken whichever way it is`,
    ...(memory.length > 0 ? [`QEMU's memory is ${list(memory)}`] : []),
    risk,
  ].join('; ');
  if (!best?.untilUsableMs) return `${machineText(machine)}: no way that was tried went without a failure; ${cost}.`;
  const bestMs = best.untilUsableMs.value;
  const more = others.map((way) => `${wayText(way)} ${ms((way.untilUsableMs?.value ?? 0) - bestMs)} later`);
  const [next] = others;
  const unsure =
    next && !isApart(best, next) ? `, which ${count(best.boots, 'boot')} each do not tell apart from the next` : '';
  const after = ways.flatMap((way) => (way.afterReadyMs ? [`${ms(way.afterReadyMs.value)} ${wayText(way)}`] : []));
  const ofDevices = after.length > 0 ? `; of that after the guest was ready ${list(after)}` : '';
  return `${machineText(machine)}: soonest usable are devices ${wayText(best)}, after ${ms(bestMs)}${unsure}; ${list(more)}${ofDevices}; ${cost}.`;
}

function isApart({ untilUsableMs: soon }: Way, { untilUsableMs: late }: Way): boolean {
  return soon?.ci95 !== undefined && late?.ci95 !== undefined && soon.ci95[1] < late.ci95[0];
}
