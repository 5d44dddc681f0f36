import { median } from 'simple-statistics';
import { clearestSplit, MIN_SEGMENT } from './clearest-split.ts';
import { type HistoryPoint, openWindow } from './robust-window.ts';

/** A night from which on the level is another. */
export interface ChangePoint {
  /** Index of the first point of the new level. */
  readonly index: number;
  /** Index of the point with which it was found: nothing after it was needed. */
  readonly foundAt: number;
  /** Levels on both sides, each up to the next change point, as `value`: medians. */
  readonly before: number;
  readonly after: number;
  /** Latency after over latency before. */
  readonly ratio: number;
  /**
   * Two-sided, of this step at this place on the night it was found. Because every place is tried every night, only very
   * small ones are reported at all.
   */
  readonly pValue: number;
  /** Points of the new level so far. */
  readonly points: number;
}

/**
 * Largest p-value that counts, two-sided: of folders of 72 series without a change, at most one in a hundred shows a rise in 60
 * nights. Chosen as the level that holds for each of these kinds (smallest p-value of a rise in 1 % of 300 simulated folders, with seeds
 * of their own): normal noise 3e-6, spikes 1.6e-6, AR(1) of 0.5 2.9e-6, two modes 10 % apart 2e-7. `npm run bench:gate` simulates it
 * anew and shows what is found with it.
 */
const CHANGE_LEVEL = 2e-7;
/** Nights that are looked back at: longer ago, the level is known well enough, and old drift only disturbs. */
const WINDOW = 100;

/**
 * The points at which the level of a history changed, as they would have been found by looking at it every night, each
 * time with what was known then: a change is found once, with the first night that makes it clear, and stays found.
 *
 * Every night, the nights since the last change are split in two at each possible place, and the means of both parts
 * compared by Student's t (the change-point model of Hawkins, Qiu and Kang 2003, J. Qual. Technol. 35, and its sequential
 * use by Hawkins and Zamba 2005, J. Qual. Technol. 37). The clearest split counts if its p-value is below a level that
 * stays the same from night to night, which makes a false alarm as likely on every night. Values far out are first brought
 * in (`robust-window.ts`), so a single spike is neither a change nor hides one.
 *
 * Compared with E-divisive (Matteson and James 2014, J. Am. Stat. Assoc. 109), which finds any change of distribution and
 * looks back at a finished series: the same minimum segment and no assumption about levels, but a false-alarm rate that
 * holds when the series is looked at every night, and no permutations, so that ten years of nights take milliseconds.
 *
 * Assumption: nights scatter around a level, and depend on each other as the host's nights do (`night-dependence.ts`).
 * Limits, of `npm run bench:gate`: a slow drift is found as a step once it is clear; a step of less than three standard
 * deviations of a night is not reliably found within ten nights, and none is within the first four nights of a start.
 *
 * @param dependence correlation of successive nights on this host, 0 to 0.9
 */
export function changePoints(points: readonly HistoryPoint[], dependence: number): readonly ChangePoint[] {
  const found: Pick<ChangePoint, 'index' | 'foundAt' | 'pValue'>[] = [];
  let window = openWindow(points, 0, WINDOW);
  let start = 0;
  for (const foundAt of points.keys()) {
    const split = clearestSplit(window.next(), dependence);
    if (!split || split.pValue > CHANGE_LEVEL) continue;
    start = firstOfLevel(points, start, foundAt + 1 - split.newPoints, foundAt);
    found.push({ index: start, foundAt, pValue: split.pValue });
    window = openWindow(points, start, WINDOW);
    for (let seen = start; seen <= foundAt; seen++) window.next();
  }
  return found.map((change, place) => {
    const before = medianLevel(points, found[place - 1]?.index ?? 0, change.index);
    const end = found[place + 1]?.index ?? points.length;
    const after = medianLevel(points, change.index, end);
    return { ...change, before, after, ratio: Math.exp(after - before), points: end - change.index };
  });
}

/**
 * The split was found with values that had been brought in, which makes a step of ten standard deviations look like one of
 * three and its place uncertain. With the values as they are, its edge goes to where each night is nearer to its own level.
 */
function firstOfLevel(points: readonly HistoryPoint[], start: number, split: number, last: number): number {
  const middle = (medianLevel(points, start, split) + medianLevel(points, split, last + 1)) / 2;
  const isRise = medianLevel(points, split, last + 1) > middle;
  const isNew = (index: number) => (points[index]?.value ?? middle) > middle === isRise;
  let first = split;
  while (first <= last - MIN_SEGMENT && !isNew(first)) first++;
  while (first > start + MIN_SEGMENT && isNew(first - 1)) first--;
  return first;
}

function medianLevel(points: readonly HistoryPoint[], from: number, to: number): number {
  return median(points.slice(from, to).map(({ value }) => value));
}
