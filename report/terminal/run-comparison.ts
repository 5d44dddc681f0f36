import { median } from 'simple-statistics';
import type { RunComparison } from '../../harness/record/comparison-file.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { comparisonLines } from './comparison.ts';

/** A comparison of two runs as lines for a terminal, and what can be done where it came to nothing. */
export function runComparisonLines(
  { base, current, forced, comparisons, added }: RunComparison,
  colour: boolean,
): readonly string[] {
  const isIncomparable = !forced && comparisons.some(({ verdict }) => verdict === 'incomparable');
  return [
    ...comparisonLines(comparisons, colour),
    ...added.map(({ scenario, variant, operation }) => `not in ${base.label}: ${scenario}/${variant} ${operation}`),
    ...adviceOnBoots(comparisons, base.label),
    ...(isIncomparable
      ? [`to compare in spite of that: --force; to begin anew with runs like ${current.label}: --save-baseline <name>`]
      : []),
  ];
}

/** Of the undecided ones half: the last may take thousands of boots to say that it changed by nothing that matters. */
function adviceOnBoots(comparisons: readonly Comparison[], base: string): readonly string[] {
  const needed = comparisons.flatMap(({ moreBoots, base: before, current }) =>
    moreBoots === undefined || !current ? [] : [Math.min(before.boots, current.boots) + moreBoots],
  );
  if (needed.length === 0) return [];
  const boots = Math.ceil(median(needed));
  return [
    `to decide half of the inconclusive ones: about ${boots} boots in ${base} and in a new run (--boots ${boots})`,
  ];
}
