import { shrinkVariances, squaresAround, type Variance } from './shrunken-variance.ts';

/**
 * How much two runs of the same thing differ beside what their boots show: another place in memory, another page cache, the
 * host's own day. On the logarithmic scale, of one run's level.
 */
export interface BetweenRuns {
  /** Standard deviation. */
  readonly sd: number;
  /** Degrees of freedom that it is known with; infinite where it is assumed. */
  readonly degrees: number;
  /** Boots of the runs that it was learnt from, on average: their scatter is in `sd`, too. Absent where it is assumed. */
  readonly boots?: number;
  /** Runs of this very thing that it was learnt from; 0 where it is assumed. */
  readonly runs: number;
}

/**
 * Taken where nothing is known of a host.
 *
 * Assumption: the levels of two runs without a change scatter by at most 5 %.
 * Evidence: none of this host, which is why it is wide; the simulations of `npm run bench:gate` show that false alarms stay
 * below one in a hundred up to it, and what it costs: with 20 metrics only changes above some 25 % are found.
 * Limit: a host that scatters more alarms more often. Five runs of the same thing replace the assumption by what they show.
 */
export const ASSUMED_BETWEEN_RUNS: BetweenRuns = { sd: 0.05, degrees: Number.POSITIVE_INFINITY, runs: 0 };

/** Runs of a series from which on its own scatter is used: with fewer, t makes more of it than the assumption does. */
export const MIN_RUNS_TO_LEARN = 5;

/** Levels of one series: runs in order of time, on the logarithmic scale, in stretches between two changes. */
export interface LearntSeries {
  readonly stretches: readonly (readonly number[])[];
  /** Boots of a run, on average. */
  readonly boots: number;
}

/**
 * What each series' runs scatter, or undefined of one that is too short.
 *
 * The variance of a short series is known badly, so it is drawn towards that of the other series of the same host as far as
 * these are alike (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, 3: the variances are taken as scaled inverse chi-square).
 * Nights that depend on the night before look more alike than they are: the degrees of freedom are lowered by their
 * correlation, which is one figure for all series because a single one hardly shows it (Bayley and Hammersley 1946, J. R.
 * Stat. Soc. Suppl. 8).
 */
export function learnBetweenRuns(series: readonly LearntSeries[]): readonly (BetweenRuns | undefined)[] {
  const usable = series.map(({ stretches }) => stretches.filter((stretch) => stretch.length > 1));
  const correlation = Math.max(0, lagOneCorrelation(usable.flat()));
  const own = usable.map((stretches) => varianceOf(stretches, correlation));
  const shrunken = shrinkVariances(own);
  return series.map(({ boots }, index) => {
    const [one, variance] = [own[index], shrunken[index]];
    return one && variance && { sd: Math.sqrt(variance.variance), degrees: variance.degrees, boots, runs: one.runs };
  });
}

interface OwnVariance extends Variance {
  readonly runs: number;
}

/** No latency is measured to a ten-thousandth: a series that does not scatter at all has not been looked at closely. */
const LEAST_VARIANCE = 1e-4 ** 2;

function varianceOf(stretches: readonly (readonly number[])[], correlation: number): OwnVariance | undefined {
  const runs = stretches.reduce((sum, { length }) => sum + length, 0);
  if (runs < MIN_RUNS_TO_LEARN) return undefined;
  const squares = stretches.reduce((sum, stretch) => sum + squaresAround(stretch), 0);
  // What a stretch's mean takes away from its squares: its own variance, which dependent nights make larger.
  const taken = (1 + correlation) / (1 - correlation);
  const free = runs - stretches.length * taken;
  const degrees = free * ((1 - correlation ** 2) / (1 + correlation ** 2));
  if (degrees < 1) return undefined;
  return { variance: Math.max(LEAST_VARIANCE, squares / free), degrees, runs };
}

/** More than this would leave nothing of the degrees of freedom; a series like that drifts rather than scatters. */
const MOST_CORRELATION = 0.9;

function lagOneCorrelation(stretches: readonly (readonly number[])[]): number {
  let products = 0;
  let squares = 0;
  let pairs = 0;
  for (const stretch of stretches) {
    const centre = mean(stretch);
    const scale = Math.sqrt(squaresAround(stretch) / stretch.length);
    if (scale === 0) continue;
    for (let index = 1; index < stretch.length; index++) {
      products += (((stretch[index - 1] as number) - centre) / scale) * (((stretch[index] as number) - centre) / scale);
      pairs += 1;
    }
    squares += stretch.length - 1;
  }
  if (pairs === 0) return 0;
  // Around its own mean a stretch of n seems to have a correlation of -1/n (Kendall 1954, Biometrika 41).
  const bias = stretches.length / (squares + stretches.length);
  return Math.min(MOST_CORRELATION, products / squares + bias);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
