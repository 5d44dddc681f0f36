import type { Share } from './fisher.ts';
import { FAMILY_ERROR } from './verdict.ts';

/** From how many boots a side on it counts that something happens in every boot that happened in none before. */
export interface EveryBoot {
  readonly base: number;
  readonly current: number;
}

/**
 * Failures. Fisher's test cannot see that each of 5 boots fails where none of 5 did: 1 in 252 is too likely for one of
 * 20 operations. It conditions on how many boots failed in all; without that, an operation that fails in a share q of
 * its boots does this with probability (1 - q)^base q^current (Barnard 1947, Biometrika 34).
 * Assumption: what works, works nearly always. Evidence: then this adds to 20 operations with 5 boots a side less than
 * the 0.4 % that `FAMILY_ERROR` leaves of the one in a hundred, for any q up to 23 %; with 3 boots a side up to 6 %,
 * and with 7 for any q. Limit: a comparison of operations that fail every other time, with 3 boots a side, is wrong
 * more often.
 */
export const EVERY_BOOT_FAILS: EveryBoot = { base: 1, current: 3 };

/**
 * Deadlines. A latency near its deadline is late in about half of the boots, so that the assumption above does not
 * hold: with 5 a side, all late after none is one in 2^10.
 */
export const EVERY_BOOT_LATE: EveryBoot = { base: 5, current: 5 };

/** Whether something happens in a larger share of the boots than before, by chance or not. */
export function isMoreOften(base: Share, current: Share): boolean {
  return current.count * base.total > base.count * current.total;
}

/** The same beyond chance. @param adjustedPValue of Fisher's test, corrected for everything compared */
export function isBeyondChance(base: Share, current: Share, adjustedPValue: number, least: EveryBoot): boolean {
  if (!isMoreOften(base, current)) return false;
  const isEveryBoot = base.count === 0 && current.count === current.total;
  return adjustedPValue <= FAMILY_ERROR || (isEveryBoot && base.total >= least.base && current.total >= least.current);
}
