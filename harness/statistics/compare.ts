import { median } from 'simple-statistics';
import { seededRandom } from '../plan/seeded-random.ts';
import { bootLocations } from './boot-location.ts';
import { changedPhases } from './compare-phases.ts';
import type { Comparison, LatencyComparison, MeasuredPair, MeasuredSide, SideSummary } from './comparison.ts';
import { conditionDifferences } from './conditions.ts';
import { cliffsDelta, hodgesLehmannShift } from './effect-size.ts';
import { fisherExact } from './fisher.ts';
import { holm } from './holm.ts';
import { type LocationTest, locationTest, MIN_BOOTS_TO_TEST } from './location-test.ts';
import { clusteredMedian, MIN_BOOTS_FOR_INTERVAL } from './median-interval.ts';
import { medianDifference } from './ratio-interval.ts';
import { FAMILY_ERROR, judge, shareOfError } from './verdict.ts';
import { reasonOf } from './verdict-reason.ts';

export interface CompareOptions {
  /** Compare in spite of differing conditions, and say so. */
  readonly force?: boolean;
}

/** Permutations for each metric: so many times the number that could reach the level of a single test at all. */
const PERMUTATIONS_PER_LEVEL = 10;
/** When hundreds of metrics have all changed, this is what a comparison takes its time for. */
const MAX_PERMUTATIONS = 200_000;
const SEED = 20260131;

type Compared = MeasuredPair & { readonly current: MeasuredSide };

/** What the tests of one metric said. */
interface Tests {
  readonly latency?: LocationTest;
  readonly failurePValue?: number;
}

/**
 * Compares everything in one go, in the order given: p-values are corrected for all of it together. A metric that cannot be
 * tested, because too few boots are good or nothing failed on either side, costs the others nothing (Tarone 1990,
 * Biometrics 46).
 */
export function compareAll(
  pairs: readonly MeasuredPair[],
  { force = false }: CompareOptions = {},
): readonly Comparison[] {
  const isCompared = (pair: MeasuredPair): pair is Compared =>
    pair.current !== undefined && (force || differencesOf(pair).length === 0);
  const compared = pairs.filter(isCompared);
  const level = FAMILY_ERROR / Math.max(1, countTests(compared));
  const tests = new Map(compared.map((pair) => [pair as MeasuredPair, testsOf(pair, level)]));
  const adjust = adjustment([...tests.values()]);
  return pairs.map((pair) => {
    if (!isCompared(pair)) return notCompared(pair);
    return comparisonOf(pair, adjust(tests.get(pair) ?? {}), level);
  });
}

function differencesOf({ base, current }: MeasuredPair): readonly string[] {
  return current ? conditionDifferences(base.conditions, current.conditions) : [];
}

function hasLatencyTest({ base, current }: Compared): boolean {
  return Math.min(base.latenciesMs.length, current.latenciesMs.length) >= MIN_BOOTS_TO_TEST;
}

function hasFailureTest({ base, current }: Compared): boolean {
  return base.failedBoots + current.failedBoots > 0 && base.boots > 0 && current.boots > 0;
}

function countTests(pairs: readonly Compared[]): number {
  return pairs.filter(hasLatencyTest).length + pairs.filter(hasFailureTest).length;
}

function testsOf(pair: Compared, level: number): Tests {
  const { base, current } = pair;
  // Seeded anew for each metric, so that none depends on what else is compared.
  const permutations = Math.min(MAX_PERMUTATIONS, Math.ceil(PERMUTATIONS_PER_LEVEL / level));
  const effort = { permutations, random: seededRandom(SEED) };
  return {
    ...(hasLatencyTest(pair) && {
      latency: locationTest(
        bootLocations(base.latenciesMs),
        bootLocations(current.latenciesMs),
        (isSlower) => level * shareOfError(isSlower),
        effort,
      ),
    }),
    ...(hasFailureTest(pair) && {
      failurePValue: fisherExact(
        { count: base.failedBoots, total: base.boots },
        { count: current.failedBoots, total: current.boots },
      ),
    }),
  };
}

interface AdjustedTests extends Tests {
  readonly adjustedLatencyPValue: number;
  readonly adjustedFailurePValue: number;
}

/** Holm's correction over all tests there are, given back by metric. */
function adjustment(tests: readonly Tests[]): (tests: Tests) => AdjustedTests {
  const latencies = tests.filter(({ latency }) => latency !== undefined);
  const failures = tests.filter(({ failurePValue }) => failurePValue !== undefined);
  const adjusted = holm([
    ...latencies.map(({ latency }) => (latency ? Math.min(1, latency.pValue / shareOfError(latency.isHigher)) : 1)),
    ...failures.map(({ failurePValue }) => failurePValue ?? 1),
  ]);
  const latencyOf = new Map(latencies.map((own, index) => [own, adjusted[index]]));
  const failureOf = new Map(failures.map((own, index) => [own, adjusted[latencies.length + index]]));
  return (own) => ({
    ...own,
    adjustedLatencyPValue: latencyOf.get(own) ?? 1,
    adjustedFailurePValue: failureOf.get(own) ?? 1,
  });
}

function notCompared(pair: MeasuredPair): Comparison {
  const { metric, base, current, threshold } = pair;
  const comparison = {
    ...metric,
    base: sideSummary(base),
    ...(current && { current: sideSummary(current) }),
    verdict: current ? ('incomparable' as const) : ('missing' as const),
    phases: [],
    threshold,
    differences: differencesOf(pair),
    warnings: [],
  };
  return { ...comparison, reason: reasonOf(comparison) };
}

function comparisonOf(pair: Compared, tests: AdjustedTests, level: number): Comparison {
  const { metric, base, current, threshold } = pair;
  const differences = differencesOf(pair);
  const failures = {
    baseFailedBoots: base.failedBoots,
    currentFailedBoots: current.failedBoots,
    adjustedPValue: tests.adjustedFailurePValue,
  };
  const common = {
    ...metric,
    base: sideSummary(base),
    current: sideSummary(current),
    failures,
    threshold,
    differences,
  };
  const forced = differences.map((difference) => `compared although conditions differ: ${difference}`);
  const finish = (rest: Pick<Comparison, 'verdict' | 'phases' | 'warnings'> & Partial<Comparison>): Comparison => {
    const comparison = { ...common, ...rest, warnings: [...forced, ...rest.warnings] };
    return { ...comparison, reason: reasonOf(comparison) };
  };
  const isFailing =
    tests.adjustedFailurePValue <= FAMILY_ERROR && current.failedBoots / current.boots > base.failedBoots / base.boots;
  if (current.latenciesMs.length === 0) return finish({ verdict: 'failing', phases: [], warnings: [] });
  if (base.latenciesMs.length === 0) {
    return finish({ verdict: 'inconclusive', phases: [], warnings: [`${base.label} has no good sample`] });
  }

  const boots = Math.min(base.latenciesMs.length, current.latenciesMs.length);
  const [baseMedian, currentMedian] = [clusteredMedian(base.latenciesMs), clusteredMedian(current.latenciesMs)];
  const medians = medianDifference(baseMedian, currentMedian);
  const latency = latencyComparison(pair, tests, medians);
  const isSlower = tests.latency?.isHigher ?? false;
  const judgement = judge({ latency, isSlower, medians, baseMedianMs: baseMedian.value, threshold, boots, level });
  const moreBoots =
    judgement.moreBoots ?? (boots < MIN_BOOTS_FOR_INTERVAL ? MIN_BOOTS_FOR_INTERVAL - boots : undefined);
  const hasChanged = judgement.verdict === 'regressed' || judgement.verdict === 'improved';
  return finish({
    verdict: isFailing ? 'failing' : judgement.verdict,
    latency,
    phases: hasChanged ? changedPhases(base.phases, current.phases, judgement.verdict === 'regressed' ? 1 : -1) : [],
    ...(judgement.verdict === 'inconclusive' && !isFailing && moreBoots !== undefined && { moreBoots }),
    warnings: latencyWarnings(boots, latency, hasChanged),
  });
}

function latencyComparison(
  { base, current }: Compared,
  { latency: test, adjustedLatencyPValue }: AdjustedTests,
  { ratio, difference }: ReturnType<typeof medianDifference>,
): LatencyComparison {
  const [a, b] = [base, current].map(({ latenciesMs }) => Array.from(bootLocations(latenciesMs), Math.exp)) as [
    number[],
    number[],
  ];
  return {
    ratio,
    differenceMs: difference,
    shiftMs: hodgesLehmannShift(a, b),
    cliffsDelta: cliffsDelta(a, b),
    pValue: Math.min(1, 2 * (test?.pValue ?? 1)),
    adjustedPValue: adjustedLatencyPValue,
    method: test?.method ?? 'welch-t',
  };
}

function latencyWarnings(boots: number, { ratio, method }: LatencyComparison, hasChanged: boolean): readonly string[] {
  if (boots < MIN_BOOTS_TO_TEST) {
    return [
      ...ratio.warnings,
      `fewer than ${MIN_BOOTS_TO_TEST} good boots on a side: a change cannot be told from chance`,
    ];
  }
  const restsOnNormality = hasChanged && method === 'welch-t';
  return [
    ...ratio.warnings,
    ...(restsOnNormality ? [`${boots} boots a side: the verdict assumes that boots scatter normally`] : []),
  ];
}

function sideSummary({ label, boots, samples, failures, latenciesMs }: MeasuredSide): SideSummary {
  const summary = { label, boots, samples, failures };
  return latenciesMs.length === 0 ? summary : { ...summary, medianMs: median(latenciesMs.flat()) };
}
