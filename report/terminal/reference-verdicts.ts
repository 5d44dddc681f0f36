import type { Comparison, Verdict } from '../../harness/statistics/comparison.ts';
import { groupBy } from '../../harness/statistics/groups.ts';

/** Variants differ on purpose: one that is slower than the reference has not regressed. In the order of what to read first. */
export const REFERENCE_WORDS: Readonly<Record<Verdict, string>> = {
  failing: 'failing',
  regressed: 'slower',
  improved: 'faster',
  unchanged: 'as fast',
  undecided: 'undecided',
  incomparable: 'not comparable',
  missing: 'missing',
};

/**
 * Which of the ratios to the reference are beyond chance and beyond the threshold, for a terminal: per scenario one line for
 * each verdict. Nothing for a run without reference.
 */
export function referenceVerdictLines(comparisons: readonly Comparison[]): readonly string[] {
  const groups = groupBy(comparisons, ({ scenario, base }) => `${scenario}, against ${base.label}:`);
  return [...groups].flatMap(([title, own]) => [
    '',
    title,
    ...Object.entries(REFERENCE_WORDS).flatMap(([verdict, word]) => {
      const names = namesOf(own, verdict);
      return names.length === 0 ? [] : [`  ${word}: ${names.join(', ')}`];
    }),
  ]);
}

/** `native (plug, unplug)`, or `native` alone where that is all that was compared of it. */
function namesOf(comparisons: readonly Comparison[], verdict: string): readonly string[] {
  const variants = groupBy(comparisons, ({ variant }) => variant);
  return [...variants].flatMap(([variant, own]) => {
    const alike = own.filter((one) => one.verdict === verdict);
    if (alike.length === 0) return [];
    return alike.length === own.length ? [variant] : [`${variant} (${alike.map(operationOf).join(', ')})`];
  });
}

function operationOf({ operation, deviceId }: Comparison): string {
  return deviceId === undefined ? operation : `${operation} ${deviceId}`;
}
