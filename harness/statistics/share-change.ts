import { studentTTail } from './student-t-tail.ts';

/** How many of a night's boots failed. */
export interface NightShare {
  /** Not necessarily whole: a boot in which half of its operations failed counts as a half. */
  readonly failed: number;
  readonly boots: number;
}

/** A night from which on another share fails. */
export interface ShareChange {
  /** Index of the first night of the new share. */
  readonly index: number;
  /** Index of the night with which it was found: nothing after it was needed. */
  readonly foundAt: number;
  /** Two-sided, of this change at this place on the night it was found. */
  readonly pValue: number;
}

/**
 * Largest p-value that counts. Every place is tried every night, so it is far below the error that is spent: of folders with
 * 72 series that fail in 0 to 50 % of their boots, less than one in 500 shows a rise in 60 nights (`npm run bench:gate`).
 */
const SHARE_LEVEL = 1e-7;
/** A night or two in which everything fails are an outage: the run itself says so, and it is no new share. */
const MIN_NIGHTS = 3;
/** As for latencies: nights that are looked back at, and nights after which a change is for a person to see. */
const WINDOW = 100;
const MAX_NEW_NIGHTS = 30;

/** Boots of some nights. */
export interface Boots {
  readonly failed: number;
  readonly boots: number;
}

/**
 * The nights from which on another share of the boots fails, as they would have been found by looking every night, each time
 * with what was known then. Every night, the nights since the last change are split in two at each possible place and the
 * binomial likelihoods with one share and with two compared (the change-point model of Hawkins, Qiu and Kang 2003, J. Qual.
 * Technol. 35, with the likelihood ratio of Worsley 1983, Biometrika 70, for binomial counts).
 *
 * Assumption: boots fail independently, with what nights scatter beyond that found in the nights themselves: the likelihood
 * ratio is divided by the dispersion (McCullagh and Nelder 1989, Generalized Linear Models, 4.5.2), which is never taken to
 * be below 1. Limit: nights that fail in clusters of three and more, because of something outside that comes and goes, are
 * found as changes.
 */
export function shareChanges(nights: readonly NightShare[], level: number = SHARE_LEVEL): readonly ShareChange[] {
  const found: ShareChange[] = [];
  let start = 0;
  let failed = 0;
  let boots = 0;
  for (const [foundAt, night] of nights.entries()) {
    failed += night.failed;
    boots += night.boots;
    // Nearly every series: nothing fails, and there is nothing to compare.
    if (failed === 0 || failed === boots) continue;
    const first = Math.max(start, foundAt + 1 - WINDOW);
    const split = clearestSplit(nights, first, foundAt + 1);
    if (!split || split.pValue > level) continue;
    start = split.index;
    found.push({ ...split, foundAt });
    ({ failed, boots } = sumOf(nights, start, foundAt + 1));
  }
  return found;
}

/** Whether the second fails in a larger share than the first, at a level of 5 %: what is asked of a rise that was found before. */
export function isStillHigher(before: Boots, now: Boots): boolean {
  return now.failed * before.boots > before.failed * now.boots && 2 * gain(before, now) > CHI_SQUARED_5;
}

/** 95 % of a chi-squared distribution with one degree of freedom. */
const CHI_SQUARED_5 = 3.841;

export function sumOf(nights: readonly NightShare[], from: number, to: number): Boots {
  let failed = 0;
  let boots = 0;
  for (let index = from; index < to; index++) {
    failed += nights[index]?.failed ?? 0;
    boots += nights[index]?.boots ?? 0;
  }
  return { failed, boots };
}

function clearestSplit(
  nights: readonly NightShare[],
  start: number,
  end: number,
): Omit<ShareChange, 'foundAt'> | undefined {
  const all = sumOf(nights, start, end);
  let best = 0;
  let index = start;
  let failed = 0;
  let boots = 0;
  for (let from = end - 1; from >= Math.max(start + MIN_NIGHTS, end - MAX_NEW_NIGHTS); from--) {
    failed += nights[from]?.failed ?? 0;
    boots += nights[from]?.boots ?? 0;
    if (end - from < MIN_NIGHTS) continue;
    const gained = gain({ failed: all.failed - failed, boots: all.boots - boots }, { failed, boots });
    if (gained <= best) continue;
    best = gained;
    index = from;
  }
  if (best === 0 || !lastsLongEnough(nights, start, index, end)) return undefined;
  const { dispersion, degrees } = dispersionOf(nights, start, index, end);
  return { index, pValue: studentTTail(Math.sqrt((2 * best) / dispersion), degrees) };
}

/** So many nights have to lie on the new share's side of the middle: one in which all fail must not make a share of its neighbours. */
function lastsLongEnough(nights: readonly NightShare[], start: number, index: number, end: number): boolean {
  const [before, after] = [sumOf(nights, start, index), sumOf(nights, index, end)];
  const middle = (before.failed / before.boots + after.failed / after.boots) / 2;
  const isRise = after.failed / after.boots > middle;
  const beyond = nights
    .slice(index, end)
    .filter((night) => (isRise ? night.failed > middle * night.boots : night.failed < middle * night.boots));
  return beyond.length >= MIN_NIGHTS;
}

/** What two shares explain of the counts more than one does, as a difference of logarithms of likelihoods. */
function gain(before: Boots, now: Boots): number {
  const together = { failed: before.failed + now.failed, boots: before.boots + now.boots };
  return logLikelihood(before) + logLikelihood(now) - logLikelihood(together);
}

function logLikelihood({ failed, boots }: Boots): number {
  const term = (count: number) => (count > 0 ? count * Math.log(count / boots) : 0);
  return term(failed) + term(boots - failed);
}

/** Nights' worth of belief that boots fail independently: without it, three nights would decide what scatter is normal. */
const PRIOR_NIGHTS = 20;

/** Pearson's chi-squared over its degrees of freedom, drawn towards 1. Nights beside which none fails, or all, cannot tell. */
function dispersionOf(nights: readonly NightShare[], start: number, index: number, end: number) {
  let chiSquared = PRIOR_NIGHTS;
  let degrees = PRIOR_NIGHTS;
  for (const [from, to] of [
    [start, index],
    [index, end],
  ] as const) {
    const { failed, boots } = sumOf(nights, from, to);
    if (failed === 0 || failed === boots) continue;
    degrees += to - from - 1;
    const share = failed / boots;
    for (const night of nights.slice(from, to)) {
      if (night.boots === 0) continue;
      chiSquared += (night.failed - night.boots * share) ** 2 / (night.boots * share * (1 - share));
    }
  }
  return { dispersion: Math.max(1, chiSquared / degrees), degrees: chiSquared > degrees ? degrees : KNOWN };
}

/** Degrees of freedom of a dispersion that is known. */
const KNOWN = 1e6;
