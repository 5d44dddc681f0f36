import { median } from 'simple-statistics';
import { latencyVerdict } from './compare-latency.ts';
import {
  type Comparison,
  DEFAULT_DETECT,
  type DeadlineCounts,
  type MeasuredPair,
  type MeasuredSide,
  metricName,
  type SideSummary,
  type Verdict,
} from './comparison.ts';
import { conditionDifferences } from './conditions.ts';
import { ERROR_BUDGET } from './error-budget.ts';
import { type AdjustedTests, type Compared, testMetrics } from './metric-tests.ts';
import { type BootShare, bootsWith, isMoreOften } from './more-often.ts';
import { p90 } from './slow-samples.ts';
import { moreOftenTexts, reasonOf } from './verdict-reason.ts';

export interface CompareOptions {
  /** Compare in spite of differing conditions, and say so. */
  readonly force?: boolean;
  /** The change that is not to be missed, as a share of the base's median. */
  readonly detect?: number;
}

/** Compares everything in one go, in the order given: p-values are corrected for all of it together. */
export function compareAll(
  pairs: readonly MeasuredPair[],
  { force = false, detect = DEFAULT_DETECT }: CompareOptions = {},
): readonly Comparison[] {
  const isCompared = (pair: MeasuredPair): pair is Compared =>
    pair.current !== undefined && (force || differencesOf(pair).length === 0);
  const compared = pairs.filter(isCompared);
  const { tests, level } = testMetrics(compared);
  const testsOf = new Map(compared.map((pair, index) => [pair, tests[index]]));
  return pairs.map((pair) => {
    const own = isCompared(pair) ? testsOf.get(pair) : undefined;
    return isCompared(pair) && own ? comparisonOf(pair, own, level, detect) : notCompared(pair);
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

function comparisonOf(pair: Compared, tests: AdjustedTests, level: number, detect: number): Comparison {
  const { metric, base, current, threshold } = pair;
  const differences = differencesOf(pair);
  const { verdict: byLatency, moreBoots, ...latency } = latencyVerdict(pair, tests, level, detect);
  const common = {
    ...metric,
    base: sideSummary(base),
    current: sideSummary(current),
    failures: {
      baseFailedBoots: bootsWith(base.failed).count,
      currentFailedBoots: bootsWith(current.failed).count,
      adjustedPValue: tests.adjusted.failures,
    },
    ...deadlineComparison(pair, tests),
    ...slowComparison(pair, tests),
    threshold,
    detect,
    ...(pair.disturbed && { disturbed: pair.disturbed }),
    differences,
  };
  const moreOften = moreOftenTexts(common);
  const verdict = unlessDisturbed(verdictOf(byLatency, pair, tests), pair);
  const comparison = {
    ...common,
    ...latency,
    ...(pair.disturbed && { phases: [] }),
    verdict,
    // What happens more often is not told by more boots of good samples.
    ...(verdict === 'undecided' &&
      byLatency === verdict &&
      !pair.disturbed &&
      moreBoots !== undefined && { moreBoots }),
    warnings: [
      ...differences.map((difference) => `compared although conditions differ: ${difference}`),
      ...latency.warnings,
      ...(verdict === 'failing' ? [] : moreOften.map((text) => `${metricName(metric)}: ${text}`)),
    ],
  };
  return { ...comparison, reason: reasonOf(comparison) };
}

/** A p-value, not corrected for anything, from which on a suspicion keeps a verdict from saying that all is well. */
const SUSPICION = 0.05;

/**
 * Failures come first: what is left of the latencies says nothing good about a machine that fails more than before. Below
 * what is beyond chance they keep it from being called unchanged or improved.
 */
function verdictOf(byLatency: Verdict, pair: Compared, { adjusted, pValues }: AdjustedTests): Verdict {
  const { base, current } = pair;
  if (adjusted.failures <= ERROR_BUDGET.failures || failsInEveryBoot(pair)) return 'failing';
  if (adjusted.deadline <= ERROR_BUDGET.deadlines) return pair.disturbed ? 'undecided' : 'failing';
  const couldBefore =
    base.latenciesMs.length > 0 || (base.notTried === 0 && !base.failed.some(({ count }) => count > 0));
  const hasNone =
    current.latenciesMs.length === 0 && (current.failed.some(({ count }) => count > 0) || current.notTried > 0);
  if (hasNone && couldBefore) return 'failing';
  if (byLatency === 'regressed') return byLatency;
  if (adjusted.slow <= ERROR_BUDGET.slow) return 'regressed';
  const isSuspect = isMoreOften(base.failed, current.failed) || Math.min(pValues.deadline, pValues.slow) <= SUSPICION;
  // Of a side of which half and more failed, the good samples are not the machine.
  const isKnown = [base, current].every(
    (side) => side.latenciesMs.length === 0 || sideSummary(side).medianMs !== undefined,
  );
  return isSuspect || !isKnown ? 'undecided' : byLatency;
}

/**
 * On a busy host a guest waits for its turn, and everything in it seems slower, or was before: a change of a latency is then
 * no news of the machine. That operations fail is, since their limits are far from what waiting does.
 */
function unlessDisturbed(verdict: Verdict, { disturbed }: Compared): Verdict {
  return disturbed && ['regressed', 'improved', 'unchanged'].includes(verdict) ? 'undecided' : verdict;
}

/** From how many boots a side on it counts that each of them fails where none did before. */
const EVERY_BOOT_FAILS = { base: 1, current: 3 };

/**
 * Where many operations break at once, the correction for all of them leaves too little for each with few boots.
 * Assumption and evidence: what works, works nearly always (`more-often.ts`); an operation that fails in a share q of its
 * boots does this with probability (1 - q)^base q^current, which adds to 20 operations with 5 boots a side less than 0.4 %
 * for any q up to 23 %; with 3 boots a side up to 6 %. Limit: an operation that fails every other time, with 3 boots a side.
 */
function failsInEveryBoot({ base, current }: Compared): boolean {
  const [before, now] = [bootsWith(base.failed), bootsWith(current.failed)];
  const isEnough = before.total >= EVERY_BOOT_FAILS.base && now.total >= EVERY_BOOT_FAILS.current;
  return isEnough && before.count === 0 && now.count === now.total;
}

function deadlineComparison(
  { base, current }: Compared,
  { late, adjusted }: AdjustedTests,
): Pick<Comparison, 'deadline'> {
  if (!late || !base.deadline || !current.deadline) return {};
  const [before, now] = [deadlineCounts(late.base), deadlineCounts(late.current)];
  return { deadline: { limitMs: late.limitMs, base: before, current: now, adjustedPValue: adjusted.deadline } };
}

function deadlineCounts(boots: readonly BootShare[]): DeadlineCounts {
  const { count: missedBoots, total } = bootsWith(boots);
  return {
    samples: sum(boots.map(({ tried }) => tried)),
    missed: sum(boots.map(({ count }) => count)),
    boots: total,
    missedBoots,
  };
}

function slowComparison({ base, current }: Compared, { slow, adjusted }: AdjustedTests): Pick<Comparison, 'slow'> {
  if (!slow) return {};
  return {
    slow: {
      ratio: slow.ratio,
      baseSlow: sum(slow.base.map(({ count }) => count)),
      currentSlow: sum(slow.current.map(({ count }) => count)),
      baseP90Ms: p90(base.latenciesMs),
      currentP90Ms: p90(current.latenciesMs),
      adjustedPValue: adjusted.slow,
    },
  };
}

function sideSummary({ label, failed, latenciesMs }: MeasuredSide): SideSummary {
  const summary = {
    label,
    boots: failed.length,
    samples: sum(failed.map(({ tried }) => tried)),
    failures: sum(failed.map(({ count }) => count)),
  };
  // A failed operation counts as longer than any: the median of what is left is no median of the machine (`censoring.ts`).
  const all = [...latenciesMs.flat(), ...Array.from({ length: summary.failures }, () => Number.POSITIVE_INFINITY)];
  const medianMs = all.length === 0 ? Number.POSITIVE_INFINITY : median(all);
  return Number.isFinite(medianMs) ? { ...summary, medianMs } : summary;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
