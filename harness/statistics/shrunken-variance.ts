import { probit } from 'simple-statistics';
import { digamma, trigamma, trigammaInverse } from './gamma-derivatives.ts';

/** A variance and how well it is known. */
export interface Variance {
  readonly variance: number;
  /** Degrees of freedom. */
  readonly degrees: number;
}

/**
 * Draws variances of which each is known from a few values towards what they have in common, as far as they are alike
 * (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, 3: they are taken as draws from a scaled inverse chi-square distribution
 * whose location and degrees of freedom the variances themselves show). In the places given; none is made up where there is none.
 *
 * What it is for: three boots that happen to be alike seem not to scatter at all, and anything would be a change.
 * Limit: a single variance has no others to learn from, and stays as it is.
 */
export function shrinkVariances(variances: readonly (Variance | undefined)[]): readonly (Variance | undefined)[] {
  const known = variances.flatMap((one) => one ?? []);
  const shared = sharedVariance(known);
  const all = known.reduce((sum, { degrees }) => sum + degrees, 0);
  return variances.map((own) => {
    if (!own) return undefined;
    if (!Number.isFinite(shared.degrees)) return { variance: shared.variance, degrees: all };
    const degrees = own.degrees + shared.degrees;
    return { variance: (own.degrees * own.variance + shared.degrees * shared.variance) / degrees, degrees };
  });
}

/** What variances have in common, and how many degrees of freedom that is worth to each of them. */
function sharedVariance(own: readonly Variance[]): Variance {
  if (own.length < 2) return { variance: 1, degrees: 0 };
  const logs = own.map(({ variance, degrees }) => Math.log(variance) - digamma(degrees / 2) + Math.log(degrees / 2));
  const centre = mean(logs);
  const expected = mean(own.map(({ degrees }) => trigamma(degrees / 2)));
  const spread = squaresAround(logs) / (logs.length - 1) - expected;
  if (spread <= 0) return { variance: Math.exp(centre), degrees: Number.POSITIVE_INFINITY };
  const degrees = 2 * trigammaInverse(spread);
  return { variance: Math.exp(centre + digamma(degrees / 2) - Math.log(degrees / 2)), degrees };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum of the squared distances to the mean. */
export function squaresAround(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  const centre = sum / values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index++) squares += ((values[index] as number) - centre) ** 2;
  return squares;
}

/**
 * What a variance stays below with this probability, by what an estimate of it says. The quantile of chi-square is that of
 * Wilson and Hilferty (1931, Proc. Natl. Acad. Sci. 17), within 1.1 % from 3 degrees of freedom on.
 */
export function upperVariance({ variance, degrees }: Variance, probability: number): number {
  if (!Number.isFinite(degrees)) return variance;
  const part = 2 / (9 * degrees);
  const share = Math.max(0, 1 - part + probit(1 - probability) * Math.sqrt(part)) ** 3;
  return variance / share;
}
