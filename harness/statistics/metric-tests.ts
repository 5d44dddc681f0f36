import type { BetweenRuns } from './between-runs.ts';
import { bootLocations } from './boot-location.ts';
import type { MeasuredDeadline, MeasuredPair, MeasuredSide } from './comparison.ts';
import { ERROR_BUDGET, shareOfError } from './error-budget.ts';
import { holm } from './holm.ts';
import { type LocationTest, locationTest, MIN_BOOTS_TO_TEST, pooledVariance } from './location-test.ts';
import { type BootShare, moreOftenPValue } from './more-often.ts';
import { differenceError, runDifferenceTest } from './run-difference.ts';
import { seededRandom } from './seeded-random.ts';
import { shrinkVariances, type Variance } from './shrunken-variance.ts';
import { type SlowSamples, slowSamples } from './slow-samples.ts';
import { oneSidedT } from './student-t-tail.ts';

/** A metric that both sides have. */
export type Compared = MeasuredPair & { readonly current: MeasuredSide };

/** What the tests of one metric said, each of which is absent where there was nothing to test. */
export interface AdjustedTests {
  readonly latency?: LocationTest;
  /** What single boots scatter; absent where a side has only one. */
  readonly ofBoots?: Variance;
  readonly slow?: SlowSamples;
  readonly late?: LateShares;
  /** Of each test alone; 1 where there was none. */
  readonly pValues: PValues;
  /** After Holm's correction over all tests of the same kind; 1 where there was none. */
  readonly adjusted: PValues;
}

interface PValues {
  readonly latency: number;
  readonly failures: number;
  readonly deadline: number;
  readonly slow: number;
}

export interface TestedMetrics {
  /** Of each metric, in the order given. */
  readonly tests: readonly AdjustedTests[];
  /** Of a single test of latencies among all of them. */
  readonly level: number;
}

/** Permutations for each metric: so many times the number that could reach the level of a single test at all. */
const PERMUTATIONS_PER_LEVEL = 10;
/** When hundreds of metrics have all changed, this is what a comparison takes its time for. */
const MAX_PERMUTATIONS = 200_000;
const SEED = 20260131;

/**
 * Tests everything in one go: p-values are corrected for all of it together. A metric that cannot be tested, because
 * too few boots are good or nothing failed or was late on either side, costs the others nothing (Tarone 1990,
 * Biometrics 46).
 */
export function testMetrics(pairs: readonly Compared[]): TestedMetrics {
  const level = ERROR_BUDGET.latency / Math.max(1, pairs.filter(hasLatencyTest).length);
  const located = pairs.map((pair) => (fewestBoots(pair) >= 2 && hasRatios(pair) ? locationsOf(pair) : undefined));
  const variances = bootVariances(located);
  const tests = pairs.map((pair, index) => {
    const [own, ofBoots] = [located[index], variances[index]];
    const latency = own && ofBoots && hasLatencyTest(pair) ? latencyTest(pair, own, ofBoots, level) : undefined;
    const late = lateShares(pair, ofBoots);
    const slow = hasRatios(pair) ? slowSamples(pair.base.latenciesMs, pair.current.latenciesMs) : undefined;
    return { latency, ofBoots, late, slow, failures: moreOftenPValue(pair.base.failed, pair.current.failed) };
  });
  const adjusted = {
    latency: holmWhereTested(tests.map(({ latency }) => latency && alphaSpent(latency))),
    failures: holmWhereTested(tests.map(({ failures }) => failures)),
    deadline: holmWhereTested(tests.map(({ late }) => late && moreOftenPValue(late.base, late.certainlyLate))),
    slow: holmWhereTested(tests.map(({ slow }) => slow && moreOftenPValue(slow.base, slow.current))),
  };
  return {
    level,
    tests: tests.map(({ latency, ofBoots, late, slow, failures }, index) => ({
      ...(latency && { latency }),
      ...(ofBoots && { ofBoots }),
      ...(late && { late }),
      ...(slow && { slow }),
      pValues: {
        latency: latency?.pValue ?? 1,
        failures: failures ?? 1,
        deadline: (late && moreOftenPValue(late.base, late.current)) ?? 1,
        slow: (slow && moreOftenPValue(slow.base, slow.current)) ?? 1,
      },
      adjusted: {
        latency: adjusted.latency[index] ?? 1,
        failures: adjusted.failures[index] ?? 1,
        deadline: adjusted.deadline[index] ?? 1,
        slow: adjusted.slow[index] ?? 1,
      },
    })),
  };
}

/**
 * With fewer boots a side, a latency with two modes may seem not to scatter at all: each boot of one side in the one mode and
 * each of the other in the other. In 20 such latencies with five boots a side that is so in 4 of 100 comparisons.
 */
const FEW_BOOTS = 8;

/**
 * What single boots of each metric scatter, drawn towards what the others do. With few boots none is believed to scatter less
 * than they do on average: latencies that have two modes are seldom alone.
 */
function bootVariances(located: readonly (Locations | undefined)[]): readonly (Variance | undefined)[] {
  const shrunken = shrinkVariances(located.map((own) => own && pooledVariance(own.base, own.current)));
  const known = shrunken.flatMap((one) => one ?? []);
  const average = known.reduce((sum, { variance }) => sum + variance, 0) / Math.max(1, known.length);
  return located.map((own, index) => {
    const one = shrunken[index];
    if (!own || !one || Math.min(own.base.length, own.current.length) >= FEW_BOOTS) return one;
    return { ...one, variance: Math.max(one.variance, average) };
  });
}

function hasLatencyTest(pair: Compared): boolean {
  return fewestBoots(pair) >= MIN_BOOTS_TO_TEST && hasRatios(pair);
}

/** Latencies are compared by their ratios, which one of 0 does not have. */
export function hasRatios({ base, current }: Compared): boolean {
  return [base, current].every(({ latenciesMs }) => latenciesMs.every((boot) => boot.every((ms) => ms > 0)));
}

/** Boots with a good sample, of the side that has fewer. */
export function fewestBoots({ base, current }: Compared): number {
  return Math.min(base.latenciesMs.length, current.latenciesMs.length);
}

interface Locations {
  readonly base: Float64Array;
  readonly current: Float64Array;
}

function locationsOf({ base, current }: Compared): Locations {
  return { base: bootLocations(base.latenciesMs), current: bootLocations(current.latenciesMs) };
}

function latencyTest(
  { base, current, betweenRuns }: Compared,
  locations: Locations,
  ofBoots: Variance,
  level: number,
): LocationTest {
  if (betweenRuns) {
    const sides = [
      { boots: locations.base, runs: base.runs },
      { boots: locations.current, runs: current.runs },
    ] as const;
    return runDifferenceTest(...sides, betweenRuns, ofBoots);
  }
  // Seeded anew for each metric, so that none depends on what else is compared.
  const permutations = Math.min(MAX_PERMUTATIONS, Math.ceil(PERMUTATIONS_PER_LEVEL / level));
  const effort = { permutations, random: seededRandom(SEED) };
  return locationTest(locations.base, locations.current, (isSlower) => level * shareOfError(isSlower), effort, ofBoots);
}

/** A p-value as a share of what may be spent in its direction. */
function alphaSpent({ pValue, isHigher }: LocationTest): number {
  return Math.min(1, pValue / shareOfError(isHigher));
}

/** How many samples of each boot missed the deadline. */
interface LateShares {
  readonly limitMs: number;
  readonly base: readonly BootShare[];
  readonly current: readonly BootShare[];
  /** Of the current side those that would have missed it, too, if the whole run were faster by what runs differ by. */
  readonly certainlyLate: readonly BootShare[];
}

function lateShares({ base, current, betweenRuns }: Compared, ofBoots: Variance | undefined): LateShares | undefined {
  if (!base.deadline || !current.deadline) return undefined;
  const { limitMs } = current.deadline;
  const allowed = betweenRuns ? Math.exp(allowedShift(base, current, betweenRuns, ofBoots)) : 1;
  return {
    limitMs,
    base: lateOf(base.deadline, limitMs),
    current: lateOf(current.deadline, limitMs),
    certainlyLate: lateOf(current.deadline, limitMs * allowed),
  };
}

/** A latency near its deadline is late in one night and not in the next, without a change, where nights scatter. */
function allowedShift(
  base: MeasuredSide,
  current: MeasuredSide,
  between: BetweenRuns,
  ofBoots: Variance = { variance: 0, degrees: 1 },
): number {
  const sizeOf = ({ failed, runs }: MeasuredSide) => ({ boots: Math.max(1, failed.length), runs });
  const { standardError, degrees } = differenceError([sizeOf(base), sizeOf(current)], between, ofBoots);
  return oneSidedT(ERROR_BUDGET.deadlines, degrees) * standardError;
}

function lateOf({ triedMs }: MeasuredDeadline, limitMs: number): readonly BootShare[] {
  return triedMs.map((boot) => ({ count: boot.filter((ms) => ms > limitMs).length, tried: boot.length }));
}

/** Holm's correction over the tests that there are, in the places given. */
function holmWhereTested(pValues: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const adjusted = holm(pValues.filter((pValue) => pValue !== undefined));
  let next = 0;
  return pValues.map((pValue) => (pValue === undefined ? undefined : adjusted[next++]));
}
