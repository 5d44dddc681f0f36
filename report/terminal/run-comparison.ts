import { median } from 'simple-statistics';
import type { RunComparison } from '../../harness/record/comparison-file.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { undecidedText } from '../undecided.ts';
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
    ...undecidedLines(comparisons),
    ...(isIncomparable
      ? [`to compare in spite of that: --force; to begin anew with runs like ${current.label}: --save-baseline <name>`]
      : []),
  ];
}

/** What is not known, and what it would take to know it. */
function undecidedLines(comparisons: readonly Comparison[]): readonly string[] {
  const open = comparisons.filter(({ verdict }) => verdict === 'undecided');
  const text = undecidedText(comparisons);
  if (text === undefined) return [];
  const needed = open.flatMap(({ moreBoots, base: before, current }) =>
    moreBoots === undefined || !current ? [] : [Math.min(before.boots, current.boots) + moreBoots],
  );
  // Of half of them: the last may take a thousand boots.
  const boots = Math.ceil(median(needed.length === 0 ? [0] : needed));
  const byBoots = `${needed.length} of them could be decided by more boots, half of those by about ${boots} boots a side (--boots ${boots})`;
  const hopeless = open.filter(({ moreBoots, latency }) => moreBoots === undefined && latency?.betweenRuns).length;
  const [spread] = open.flatMap(({ latency }) => latency?.betweenRuns ?? []);
  const differ =
    spread?.runs === 0
      ? `nothing is known of how much runs differ on this host (${(100 * spread.sd).toFixed(0)} % is assumed): "calibrate" measures it`
      : 'runs of the same thing differ too much on this host';
  return [
    text,
    ...(needed.length === 0 ? [] : [byBoots]),
    ...(hopeless === 0
      ? []
      : [`${hopeless} of them by no number of boots: ${differ}; "ab" measures both side by side`]),
  ];
}
