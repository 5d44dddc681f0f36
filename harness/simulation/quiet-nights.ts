import type { HistoryPoint } from '../statistics/robust-window.ts';
import type { NightShare } from '../statistics/share-change.ts';

/** Random numbers in [0, 1), and standard normal ones. */
export interface Random {
  readonly uniform: () => number;
  readonly normal: () => number;
}

export type QuietNights = (random: Random, nights: number) => readonly HistoryPoint[];

const each = (nights: number, draw: () => HistoryPoint) => Array.from({ length: nights }, draw);

/** What nights between boots scatter, and boots of a night: 5 % all told with five boots. */
const BETWEEN_NIGHTS = 0.035;
const BETWEEN_BOOTS = 0.08;
const BOOTS = 5;

/** Ways in which the latency of a series scatters from night to night without having changed. */
export const QUIET_NIGHTS: readonly { readonly name: string; readonly nights: QuietNights }[] = [
  { name: 'normal, 5 %', nights: ({ normal }, count) => each(count, () => ({ value: 0.05 * normal() })) },
  { name: 'normal, 5 %, each with the standard error that its 5 boots show', nights: withOwnErrors },
  {
    name: 'spikes: 1 night in 20 with 30 % noise instead of 5',
    nights: ({ uniform, normal }, count) => each(count, () => ({ value: normal() * (uniform() < 0.05 ? 0.3 : 0.05) })),
  },
  { name: 'AR(1) of 0.5, 5 %', nights: autoregressive },
  {
    name: 'two modes: 3 nights in 10 are 10 % slower, 2 % noise',
    nights: ({ uniform, normal }, count) =>
      each(count, () => ({ value: (uniform() < 0.3 ? 0.1 : 0) + 0.02 * normal() })),
  },
];

function withOwnErrors({ normal }: Random, count: number): readonly HistoryPoint[] {
  return each(count, () => {
    const boots = Array.from({ length: BOOTS }, () => BETWEEN_BOOTS * normal());
    const mean = boots.reduce((sum, boot) => sum + boot, 0) / BOOTS;
    const variance = boots.reduce((sum, boot) => sum + (boot - mean) ** 2, 0) / (BOOTS - 1);
    const standardError = Math.sqrt(variance / BOOTS);
    return { value: BETWEEN_NIGHTS * normal() + mean, boots: BOOTS, standardError };
  });
}

const CORRELATION = 0.5;

function autoregressive({ normal }: Random, count: number): readonly HistoryPoint[] {
  let state = normal();
  return each(count, () => {
    const point = { value: 0.05 * state };
    state = CORRELATION * state + Math.sqrt(1 - CORRELATION ** 2) * normal();
    return point;
  });
}

/** Nights of `BOOTS` boots that fail independently with this probability. */
export function failingNights({ uniform }: Random, count: number, probability: number): readonly NightShare[] {
  return Array.from({ length: count }, () => {
    const failed = Array.from({ length: BOOTS }, uniform).filter((one) => one < probability).length;
    return { failed, boots: BOOTS };
  });
}
