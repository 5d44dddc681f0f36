import { median } from 'simple-statistics';
import { bootLocations } from './boot-location.ts';
import { changedPhases } from './compare-phases.ts';
import type { Comparison, LatencyComparison, MeasuredPair, MeasuredSide, SideSummary, Verdict } from './comparison.ts';
import { conditionDifferences } from './conditions.ts';
import { cliffsDelta, hodgesLehmannShift } from './effect-size.ts';
import { MIN_BOOTS_TO_TEST } from './location-test.ts';
import { clusteredMedian, MIN_BOOTS_FOR_INTERVAL } from './median-interval.ts';
import { type AdjustedTests, type Compared, failedBoots, lateBoots, testMetrics } from './metric-tests.ts';
import { EVERY_BOOT_FAILS, EVERY_BOOT_LATE, isBeyondChance } from './more-often.ts';
import { medianDifference } from './ratio-interval.ts';
import { judge } from './verdict.ts';
import { moreOftenTexts, NEITHER_IS_GOOD, reasonOf } from './verdict-reason.ts';

export interface CompareOptions {
  /** Compare in spite of differing conditions, and say so. */
  readonly force?: boolean;
}

/** Compares everything in one go, in the order given: p-values are corrected for all of it together. */
export function compareAll(
  pairs: readonly MeasuredPair[],
  { force = false }: CompareOptions = {},
): readonly Comparison[] {
  const isCompared = (pair: MeasuredPair): pair is Compared =>
    pair.current !== undefined && (force || differencesOf(pair).length === 0);
  const compared = pairs.filter(isCompared);
  const { tests, level } = testMetrics(compared);
  const testsOf = new Map(compared.map((pair, index) => [pair, tests[index]]));
  return pairs.map((pair) => {
    const own = isCompared(pair) ? testsOf.get(pair) : undefined;
    return isCompared(pair) && own ? comparisonOf(pair, own, level) : notCompared(pair);
  });
}

function differencesOf({ base, current }: MeasuredPair): readonly string[] {
  return current ? conditionDifferences(base.conditions, current.conditions) : [];
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
  const latency = latencyVerdict(pair, tests, level);
  const common = {
    ...metric,
    base: sideSummary(base),
    current: sideSummary(current),
    failures: {
      baseFailedBoots: base.failedBoots,
      currentFailedBoots: current.failedBoots,
      adjustedPValue: tests.adjustedFailurePValue,
    },
    ...deadlineComparison(pair, tests),
    threshold,
    differences,
  };
  const moreOften = moreOftenTexts(common);
  const verdict = verdictOf(latency.verdict, hasFailed(pair, tests), moreOften.length > 0);
  const { moreBoots, ...rest } = latency;
  const name = [metric.variant, metric.operation, ...(metric.deviceId === undefined ? [] : [metric.deviceId])].join(
    ' ',
  );
  const comparison = {
    ...common,
    ...rest,
    verdict,
    ...(verdict === 'inconclusive' && moreBoots !== undefined && { moreBoots }),
    warnings: [
      ...differences.map((difference) => `compared although conditions differ: ${difference}`),
      ...latency.warnings,
      ...(verdict === 'failing' ? [] : moreOften.map((text) => `${name}: ${text}`)),
    ],
  };
  return { ...comparison, reason: reasonOf(comparison) };
}

/** What happens more often is never unchanged, however alike the latencies of what is left are. */
function verdictOf(ofLatency: Verdict, hasFailed: boolean, isMoreOften: boolean): Verdict {
  if (hasFailed) return 'failing';
  return ofLatency === 'unchanged' && isMoreOften ? 'inconclusive' : ofLatency;
}

/** Failures or missed deadlines beyond chance more often than before, or nothing good any more. */
function hasFailed(pair: Compared, tests: AdjustedTests): boolean {
  const { base, current } = pair;
  const late = lateBoots(pair);
  if (isBeyondChance(...failedBoots(pair), tests.adjustedFailurePValue, EVERY_BOOT_FAILS)) return true;
  if (late && isBeyondChance(...late, tests.adjustedDeadlinePValue, EVERY_BOOT_LATE)) return true;
  const couldBefore = base.latenciesMs.length > 0 || base.failures === 0;
  return current.latenciesMs.length === 0 && current.failures > 0 && couldBefore;
}

type LatencyVerdict = Pick<Comparison, 'verdict' | 'phases' | 'warnings' | 'latency' | 'moreBoots'>;

/** The verdict by latencies alone. */
function latencyVerdict(pair: Compared, tests: AdjustedTests, level: number): LatencyVerdict {
  const { base, current, threshold } = pair;
  const withoutGood = [base, current].filter(({ latenciesMs }) => latenciesMs.length === 0);
  if (withoutGood.length > 0) {
    const isAsExpected = withoutGood.length === 2 && base.failures + current.failures === 0;
    if (isAsExpected) return { verdict: 'unchanged', phases: [], warnings: [] };
    const text = withoutGood.length === 2 ? NEITHER_IS_GOOD : `${withoutGood[0]?.label} has no good sample`;
    return { verdict: 'inconclusive', phases: [], warnings: [text] };
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
  return {
    verdict: judgement.verdict,
    latency,
    phases: hasChanged ? changedPhases(base.phases, current.phases, judgement.verdict === 'regressed' ? 1 : -1) : [],
    ...(judgement.verdict === 'inconclusive' && moreBoots !== undefined && { moreBoots }),
    warnings: latencyWarnings(boots, latency, hasChanged),
  };
}

function deadlineComparison(
  { base, current }: Compared,
  { adjustedDeadlinePValue: adjustedPValue }: AdjustedTests,
): Pick<Comparison, 'deadline'> {
  if (!base.deadline || !current.deadline) return {};
  return {
    deadline: { limitMs: current.deadline.limitMs, base: base.deadline, current: current.deadline, adjustedPValue },
  };
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
