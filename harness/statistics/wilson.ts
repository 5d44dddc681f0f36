import type { Statistic } from './statistic.ts';

/** Two-sided 95 % point of the normal distribution. */
const Z = 1.959963984540054;

/**
 * A share of `count` in `total` (at least 1), 0 to 1, with Wilson's score interval (Wilson 1927, J. Am. Stat. Assoc. 22;
 * recommended for every n by Brown, Cai and DasGupta 2001, Stat. Sci. 16). It stays within 0 and 1 and is not empty at 0
 * or all of them.
 *
 * Assumption: trials are independent. Limit: after a failure the rest of a boot is not tried, so the interval is too
 * narrow where one boot fails more often than another; comparisons count boots instead.
 */
export function wilsonShare(count: number, total: number): Statistic {
  const share = count / total;
  const shrink = 1 + Z ** 2 / total;
  const centre = (share + Z ** 2 / (2 * total)) / shrink;
  const half = (Z * Math.sqrt((share * (1 - share)) / total + (Z / (2 * total)) ** 2)) / shrink;
  // Exact at the ends, where rounding would leave 1e-17.
  const low = count === 0 ? 0 : centre - half;
  const high = count === total ? 1 : centre + half;
  return { value: share, ci95: [low, high], warnings: [] };
}
