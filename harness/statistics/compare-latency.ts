import { median } from 'simple-statistics';
import { bootLocations } from './boot-location.ts';
import { changedPhases } from './compare-phases.ts';
import type { Comparison, LatencyComparison } from './comparison.ts';
import { cliffsDelta, hodgesLehmannShift } from './effect-size.ts';
import { type LocationTest, MIN_BOOTS_TO_TEST } from './location-test.ts';
import { clusteredMedian } from './median-interval.ts';
import { type AdjustedTests, type Compared, hasRatios } from './metric-tests.ts';
import { medianDifference } from './ratio-interval.ts';
import { oneSidedT } from './student-t-tail.ts';
import { detectableRatio, judge, moreBootsFor } from './verdict.ts';
import { NEITHER_IS_GOOD, NO_RATIO } from './verdict-reason.ts';

type LatencyVerdict = Pick<Comparison, 'verdict' | 'phases' | 'warnings' | 'latency' | 'moreBoots'>;

/** The verdict by latencies alone. @param level of a single test, @param detect the change that is not to be missed, as a share */
export function latencyVerdict(pair: Compared, tests: AdjustedTests, level: number, detect: number): LatencyVerdict {
  const { base, current, threshold } = pair;
  const withoutGood = [base, current].filter(({ latenciesMs }) => latenciesMs.length === 0);
  if (withoutGood.length > 0) {
    const isAsExpected =
      withoutGood.length === 2 && !withoutGood.some(({ failed }) => failed.some(({ count }) => count));
    if (isAsExpected) return { verdict: 'unchanged', phases: [], warnings: [] };
    const text = withoutGood.length === 2 ? NEITHER_IS_GOOD : `${withoutGood[0]?.label} has no good sample`;
    return { verdict: 'undecided', phases: [], warnings: [text] };
  }
  if (!hasRatios(pair)) return { verdict: 'undecided', phases: [], warnings: [NO_RATIO] };
  const medians = medianDifference(clusteredMedian(base.latenciesMs), clusteredMedian(current.latenciesMs));
  const { latency: test, ofBoots } = tests;
  if (!test || !ofBoots) {
    const moreBoots = ofBoots && moreBootsFor(pair, ofBoots, level, detect);
    return {
      verdict: 'undecided',
      latency: latencyComparison(pair, tests, level, medians),
      phases: [],
      ...(moreBoots !== undefined && { moreBoots }),
      warnings: [
        ...medians.ratio.warnings,
        `fewer than ${MIN_BOOTS_TO_TEST} good boots on a side: a change cannot be told from chance`,
      ],
    };
  }
  const latency = latencyComparison(pair, tests, level, medians);
  const { ratio } = latency;
  const baseMedianMs = median(base.latenciesMs.flat());
  const { latency: adjustedPValue } = tests.adjusted;
  const verdict = judge({ adjustedPValue, test, ratio, baseMedianMs, threshold, level, detect });
  const hasChanged = verdict === 'regressed' || verdict === 'improved';
  const moreBoots = verdict === 'undecided' ? moreBootsFor(pair, ofBoots, level, detect) : undefined;
  return {
    verdict,
    latency,
    phases: hasChanged ? changedPhases(base.phases, current.phases, verdict === 'regressed' ? 1 : -1) : [],
    ...(moreBoots !== undefined && { moreBoots }),
    warnings: [...latency.ratio.warnings, ...assumptions(pair, test, hasChanged)],
  };
}

/** What a verdict rests on that was not measured. */
function assumptions(
  { base, current, betweenRuns }: Compared,
  { method }: LocationTest,
  hasChanged: boolean,
): readonly string[] {
  if (!hasChanged) return [];
  const boots = Math.min(base.latenciesMs.length, current.latenciesMs.length);
  const sd = (100 * (betweenRuns?.sd ?? 0)).toFixed(0);
  return [
    ...(method === 't' ? [`${boots} boots a side: the verdict assumes that boots scatter normally`] : []),
    ...(betweenRuns?.runs === 0
      ? [
          `the verdict assumes that two runs of the same thing differ by no more than ${sd} % (standard deviation): ` +
            'this host has not shown it yet, and "calibrate" or five runs in the same folder would',
        ]
      : []),
  ];
}

function latencyComparison(
  { base, current, betweenRuns }: Compared,
  { latency: test, adjusted }: AdjustedTests,
  level: number,
  { ratio, difference }: ReturnType<typeof medianDifference>,
): LatencyComparison {
  const [a, b] = [base, current].map(({ latenciesMs }) => Array.from(bootLocations(latenciesMs), Math.exp)) as [
    number[],
    number[],
  ];
  // The medians' own intervals know of boots only.
  const reach = test && betweenRuns ? oneSidedT(0.025, test.error.degrees) * test.error.standardError : undefined;
  const baseMedianMs = median(base.latenciesMs.flat());
  return {
    ratio:
      reach === undefined ? ratio : { ...ratio, ci95: [ratio.value * Math.exp(-reach), ratio.value * Math.exp(reach)] },
    differenceMs:
      reach === undefined
        ? difference
        : {
            ...difference,
            ci95: [
              baseMedianMs * (ratio.value * Math.exp(-reach) - 1),
              baseMedianMs * (ratio.value * Math.exp(reach) - 1),
            ],
          },
    shiftMs: hodgesLehmannShift(a, b),
    cliffsDelta: cliffsDelta(a, b),
    pValue: test ? Math.min(1, 2 * test.pValue) : 1,
    adjustedPValue: adjusted.latency,
    method: test?.method ?? 't',
    ...(betweenRuns && { betweenRuns: { sd: betweenRuns.sd, runs: betweenRuns.runs } }),
    ...(test && { detectableRatio: detectableRatio(test.error, level) }),
  };
}
