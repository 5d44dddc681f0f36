import { bootLocations } from './boot-location.ts';
import type { MeasuredPair, MeasuredSide } from './comparison.ts';
import { fisherMoreOften, type Share } from './fisher.ts';
import { holm } from './holm.ts';
import { type LocationTest, locationTest, MIN_BOOTS_TO_TEST } from './location-test.ts';
import { seededRandom } from './seeded-random.ts';
import { FAMILY_ERROR, shareOfError } from './verdict.ts';

/** A metric that both sides have. */
export type Compared = MeasuredPair & { readonly current: MeasuredSide };

/** What the tests of one metric said, each of which is absent where there was nothing to test. */
export interface AdjustedTests {
  readonly latency?: LocationTest;
  /** After Holm's correction over all tests there are; 1 where there was none. */
  readonly adjustedLatencyPValue: number;
  readonly adjustedFailurePValue: number;
  readonly adjustedDeadlinePValue: number;
}

export interface TestedMetrics {
  /** Of each metric, in the order given. */
  readonly tests: readonly AdjustedTests[];
  /** Of a single test among all of them. */
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
  const counted = pairs.flatMap((pair) => [hasLatencyTest(pair), hasBoth(failedBoots(pair)), hasBoth(lateBoots(pair))]);
  const level = FAMILY_ERROR / Math.max(1, counted.filter(Boolean).length);
  const tests = pairs.map((pair) => ({
    latency: hasLatencyTest(pair) ? latencyTest(pair, level) : undefined,
    failurePValue: testMoreOften(failedBoots(pair)),
    deadlinePValue: testMoreOften(lateBoots(pair)),
  }));
  const adjusted = adjustAll(
    tests.flatMap(({ latency, failurePValue, deadlinePValue }) => [
      latency && Math.min(1, latency.pValue / shareOfError(latency.isHigher)),
      failurePValue,
      deadlinePValue,
    ]),
  );
  return {
    level,
    tests: tests.map(({ latency }, index) => ({
      ...(latency && { latency }),
      adjustedLatencyPValue: adjusted[3 * index] ?? 1,
      adjustedFailurePValue: adjusted[3 * index + 1] ?? 1,
      adjustedDeadlinePValue: adjusted[3 * index + 2] ?? 1,
    })),
  };
}

/** Boots of the base and of the current side. */
export type BootShares = readonly [base: Share, current: Share];

export function failedBoots({ base, current }: Compared): BootShares {
  return [
    { count: base.failedBoots, total: base.boots },
    { count: current.failedBoots, total: current.boots },
  ];
}

/** Undefined without a deadline. */
export function lateBoots({ base, current }: Compared): BootShares | undefined {
  if (!base.deadline || !current.deadline) return undefined;
  return [
    { count: base.deadline.missedBoots, total: base.deadline.boots },
    { count: current.deadline.missedBoots, total: current.deadline.boots },
  ];
}

/** Where none is, or all are, on both sides, no test could find that it is more often now. */
function hasBoth(shares: BootShares | undefined): shares is BootShares {
  if (!shares?.every(({ total }) => total > 0)) return false;
  return shares.some(({ count }) => count > 0) && shares.some(({ count, total }) => count < total);
}

function testMoreOften(shares: BootShares | undefined): number | undefined {
  return hasBoth(shares) ? fisherMoreOften(...shares) : undefined;
}

function hasLatencyTest({ base, current }: Compared): boolean {
  return Math.min(base.latenciesMs.length, current.latenciesMs.length) >= MIN_BOOTS_TO_TEST;
}

function latencyTest({ base, current }: Compared, level: number): LocationTest {
  // Seeded anew for each metric, so that none depends on what else is compared.
  const permutations = Math.min(MAX_PERMUTATIONS, Math.ceil(PERMUTATIONS_PER_LEVEL / level));
  return locationTest(
    bootLocations(base.latenciesMs),
    bootLocations(current.latenciesMs),
    (isSlower) => level * shareOfError(isSlower),
    { permutations, random: seededRandom(SEED) },
  );
}

/** Holm's correction over the tests that there are, in the places given. */
function adjustAll(pValues: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const adjusted = holm(pValues.filter((pValue) => pValue !== undefined));
  let next = 0;
  return pValues.map((pValue) => (pValue === undefined ? undefined : adjusted[next++]));
}
