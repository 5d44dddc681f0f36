import { median } from 'simple-statistics';

/**
 * The Hodges-Lehmann shift (1963, Ann. Math. Stat. 34): the median of all differences `current` less `base`, in their
 * unit. Neither side is empty.
 */
export function hodgesLehmannShift(base: readonly number[], current: readonly number[]): number {
  return median(current.flatMap((one) => base.map((other) => one - other)));
}

/**
 * Cliff's delta (1993, Psychol. Bull. 114), -1 to 1: the share of pairs in which `current` is larger less that in which
 * it is smaller. Neither side is empty.
 */
export function cliffsDelta(base: ArrayLike<number>, current: ArrayLike<number>): number {
  let sum = 0;
  for (let one = 0; one < current.length; one++) {
    for (let other = 0; other < base.length; other++)
      sum += Math.sign((current[one] as number) - (base[other] as number));
  }
  return sum / (base.length * current.length);
}
