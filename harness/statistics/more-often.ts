import { fisherMoreOften, logChoose, type Share } from './fisher.ts';
import { permutationTest } from './permutation-test.ts';
import { seededRandom } from './seeded-random.ts';

/** How often something happened among the operations that were tried in one boot. */
export interface BootShare {
  readonly count: number;
  /** More than 0. */
  readonly tried: number;
}

/**
 * What works, works nearly always: something that happened in none of the base's boots is taken to happen in at most one of
 * ten without a change. Fisher's test does not know that, and 5 of 10 boots after 0 of 10 are no alarm to it.
 * Evidence: operations of the recorded runs fail in less than one boot of a hundred.
 * Limit: something that happens in a larger share and by luck in none of the base's boots; with any number of boots and any
 * share that is an alarm in at most 1.1 % of comparisons. One that happened in the base is tested without this.
 */
const RARE = 0.1;
const RATES = 50;
const PERMUTATIONS = 20_000;
const SEED = 20261128;

/**
 * One-sided p-value of whether it happens more often now than before; undefined where nothing could show it: it happens to
 * none, or to all, on both sides.
 *
 * Boots are the unit, because operations of one boot share its fate. Where it never happened before, boots with and without
 * it are counted (Boschloo 1970, Stat. Neerl. 24: Fisher's p-value as the order of outcomes, at the least favourable rate).
 * Where it did, the boots' shares are compared by exchanging boots, since most boots may have it at least once on both sides.
 */
export function moreOftenPValue(base: readonly BootShare[], current: readonly BootShare[]): number | undefined {
  const all = [...base, ...current];
  if (base.length === 0 || current.length === 0) return undefined;
  if (all.every(({ count }) => count === 0) || all.every(({ count, tried }) => count === tried)) return undefined;
  const [before, now] = [bootsWith(base), bootsWith(current)];
  if (before.count === 0) return boschlooMoreOften(before, now, RARE);
  if (!isMoreOften(base, current)) return 1;
  const [a, b] = [base, current].map((boots) => Float64Array.from(boots, ({ count, tried }) => count / tried)) as [
    Float64Array,
    Float64Array,
  ];
  if (Math.min(a.length, b.length) < 2) return boschlooMoreOften(before, now, 1);
  return permutationTest(a, b, { permutations: PERMUTATIONS, random: seededRandom(SEED) });
}

/** Boots in which it happened. */
export function bootsWith(boots: readonly BootShare[]): Share {
  return { count: boots.filter(({ count }) => count > 0).length, total: boots.length };
}

/** Whether it happens in a larger share of what was tried, by chance or not: boots weigh alike. */
export function isMoreOften(base: readonly BootShare[], current: readonly BootShare[]): boolean {
  return meanShare(current) > meanShare(base);
}

function meanShare(boots: readonly BootShare[]): number {
  return boots.reduce((sum, { count, tried }) => sum + count / tried, 0) / Math.max(1, boots.length);
}

/** Outcomes whose order differs from the one seen only by rounding are as extreme. */
const ROUNDING = 1 + 1e-9;

/** @param most the highest rate without a change */
export function boschlooMoreOften(before: Share, now: Share, most: number): number {
  const seen = fisherMoreOften(before, now) * ROUNDING;
  const extreme: { readonly hits: number; readonly log: number }[] = [];
  for (let a = 0; a <= before.total; a++) {
    for (let b = now.total; b >= 0; b--) {
      if (fisherMoreOften({ count: a, total: before.total }, { count: b, total: now.total }) > seen) break;
      extreme.push({ hits: a + b, log: logChoose(before.total, a) + logChoose(now.total, b) });
    }
  }
  const total = before.total + now.total;
  let largest = 0;
  for (let step = 1; step <= RATES; step++) {
    const rate = (most * step) / RATES;
    const [yes, no] = [Math.log(rate), Math.log1p(-rate)];
    let sum = 0;
    for (const { hits, log } of extreme) sum += Math.exp(log + hits * yes + (hits === total ? 0 : (total - hits) * no));
    largest = Math.max(largest, sum);
  }
  return Math.min(1, largest);
}
