import { createHash } from 'node:crypto';
import type { PlannedBoot } from './schedule.ts';

/**
 * What a wait of 5 s for the attention button is rounded up to in the guest's timer wheel, in milliseconds: 64 jiffies at
 * 250 Hz (kernel/time/timer.c, `LVL_GRAN` of the level for 512 to 4095 jiffies). All of Debian's kernels and those built
 * here count 250. Limit: at 1000 Hz a step is 512 ms, and delays cover half of it.
 */
export const WHEEL_STEP_MS = 256;

/**
 * How long the guest is left alone before an operation is begun, in milliseconds, 0 to `WHEEL_STEP_MS`, in microseconds.
 *
 * The wheel's steps are fixed to the guest's clock, and what follows upon a wait's end begins where a step does. Without a
 * delay all presses of a boot fall on nearly one place between two steps, and all boots of a run that does the same things
 * after the boot, too: a guest that boots 150 ms faster would have another place, and all its waits another length. With it
 * they are spread over the whole step, in every boot.
 *
 * It depends on the run's seed and on the place alone, so that a run that is resumed, or split, has the same.
 */
export function pressDelayMs({ seed }: Pick<PlannedBoot, 'seed'>, cycle: number, sequence: number): number {
  const share = createHash('sha256').update(`press ${seed} ${cycle} ${sequence}`).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(share * WHEEL_STEP_MS * 1000) / 1000;
}
