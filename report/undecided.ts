import { type Comparison, isUndecided } from '../harness/statistics/comparison.ts';

/** Comparisons that say neither that something changed nor that it did not. */
export function undecidedOf(comparisons: readonly Comparison[]): readonly Comparison[] {
  return comparisons.filter(isUndecided);
}

/** Whether there was something to compare and not one verdict: then nothing may read as if all were well. */
export function isNothingDecided(comparisons: readonly Comparison[]): boolean {
  return comparisons.length > 0 && undecidedOf(comparisons).length === comparisons.length;
}

/**
 * `4 of 6 comparisons are undecided: slowdowns of 10 % may be in them`; undefined where all is decided. What was not
 * compared at all is counted with them.
 */
export function undecidedText(comparisons: readonly Comparison[]): string | undefined {
  const open = undecidedOf(comparisons);
  if (open.length === 0) return undefined;
  const sizes = open.flatMap(({ detect }) => detect ?? []);
  const size = sizes.length === 0 ? 'slowdowns' : `slowdowns of ${(100 * Math.max(...sizes)).toFixed(0)} % and more`;
  return `${open.length} of ${comparisons.length} comparisons are undecided: ${size} may be in them`;
}
