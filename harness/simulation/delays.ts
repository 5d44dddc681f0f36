import { type ChangeLevels, changePoints } from '../statistics/change-point.ts';
import type { HistoryPoint } from '../statistics/robust-window.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { normalNumbers } from './noise.ts';

/** False alarms against delay, at one pair of levels. */
export interface Delays {
  readonly nights: string;
  readonly levels: ChangeLevels;
  /** Share of series of `QUIET_NIGHTS` without a step in which any change was found. */
  readonly falseAlarms: number;
  /** Nights at the new level until the step was found, the night of its discovery included; median. */
  readonly medianDelay: number;
  /** Share of the series in which the step was found within `SOON_NIGHTS`. */
  readonly soon: number;
}

export const QUIET_NIGHTS = 60;
export const NIGHTS_BEFORE = 30;
export const SOON_NIGHTS = 10;
const NIGHTS_AFTER = 30;
const STEP = 0.1;

/** How nights scatter: 5 % all told in each case. */
type Nights = (random: () => number, normal: () => number) => HistoryPoint;

export const NIGHTS = {
  'normal, 5 %': (_, normal) => ({ value: 0.05 * normal() }),
  'normal, 5 %, each night with its own standard error: 2 or 6.8 %': (random, normal) => {
    const standardError = random() < 0.5 ? 0.02 : 0.068;
    return { value: standardError * normal(), standardError };
  },
  'spiky: 1 night in 20 with 30 % noise instead of 5': (random, normal) => ({
    value: normal() * (random() < 0.05 ? 0.3 : 0.05),
  }),
} as const satisfies Record<string, Nights>;

/** Looks at `series` series without and as many with a step, each night of each. */
export function simulateDelays(
  nights: keyof typeof NIGHTS,
  levels: ChangeLevels,
  series: number,
  seed: number,
): Delays {
  const random = seededRandom(seed);
  const normal = normalNumbers(random);
  const draw = (count: number) => Array.from({ length: count }, () => (NIGHTS[nights] as Nights)(random, normal));
  let falseAlarms = 0;
  const delays: number[] = [];
  for (let one = 0; one < series; one++) {
    if (changePoints(draw(QUIET_NIGHTS), levels).length > 0) falseAlarms += 1;
    const after = draw(NIGHTS_AFTER).map((point) => ({ ...point, value: point.value + Math.log1p(STEP) }));
    const [first] = changePoints([...draw(NIGHTS_BEFORE), ...after], levels);
    // A series with a false alarm before the step says nothing about the delay.
    if (!first || first.foundAt >= NIGHTS_BEFORE) {
      delays.push(first ? first.foundAt - NIGHTS_BEFORE + 1 : Number.POSITIVE_INFINITY);
    }
  }
  delays.sort((a, b) => a - b);
  return {
    nights,
    levels,
    falseAlarms: falseAlarms / series,
    medianDelay: delays[delays.length >> 1] ?? Number.POSITIVE_INFINITY,
    soon: delays.filter((delay) => delay <= SOON_NIGHTS).length / delays.length,
  };
}
