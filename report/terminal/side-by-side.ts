import type { SideBySide } from '../../harness/statistics/side-by-side.ts';
import { formatRatio } from '../format.ts';

const MEANING: Readonly<Record<SideBySide['verdict'], string>> = {
  differ: 'WARNING: they disturb each other; ask for fewer with --jobs',
  alike: 'no difference to those that ran alone',
  unknown: 'too few boots to say whether they disturb each other',
};

/** Whether machines that ran side by side disturbed each other, for a terminal; nothing where none did so. */
export function sideBySideLines(found: readonly SideBySide[]): readonly string[] {
  if (found.length === 0) return [];
  return [
    '',
    'machines side by side, against boots of the same variants that ran alone',
    ...found.map(({ scenario, operation, jobs, verdict, ratio, pValue, variants }) => {
      const boots = (kind: 'bootsAlone' | 'bootsSideBySide') => variants.reduce((sum, one) => sum + one[kind], 0);
      const counts = `${boots('bootsSideBySide')} boots ${jobs} at a time, ${boots('bootsAlone')} alone`;
      return `  ${scenario} ${operation}: ${formatRatio(ratio)} (${counts}, p ${pValue.toPrecision(2)}): ${MEANING[verdict]}`;
    }),
  ];
}
