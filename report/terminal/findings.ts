import type { Findings } from '../../harness/findings/findings.ts';
import { burstLines } from './bursts.ts';
import { coldCostLines } from './cold-cost.ts';
import { factsLines } from './facts.ts';
import { fitLines } from './fits.ts';
import { raceLines } from './races.ts';
import { referenceVerdictLines } from './reference-verdicts.ts';
import { sideBySideLines } from './side-by-side.ts';
import { summaryLines, type VariantConditions } from './summary.ts';
import { versionLines } from './versions.ts';
import { waterfallLines } from './waterfall.ts';
import { waysLines } from './ways.ts';

/** All that was found, as lines for a terminal: the tables, where the time went, fits, and what each topology offers. */
export function findingsLines(
  {
    summaries,
    waterfalls,
    fits,
    facts,
    bursts,
    races,
    coldCosts,
    ways,
    sideBySide,
    comparisons,
    versionTables,
  }: Findings,
  conditions: readonly VariantConditions[],
  colour: boolean,
): readonly string[] {
  return [
    ...summaryLines(summaries, conditions, colour),
    ...referenceVerdictLines(comparisons),
    '',
    ...waterfallLines(waterfalls),
    ...fitLines(fits),
    ...burstLines(bursts, fits),
    ...raceLines(races),
    ...coldCostLines(coldCosts),
    ...waysLines(ways),
    ...sideBySideLines(sideBySide),
    ...versionLines(versionTables),
    '',
    ...factsLines(facts),
  ];
}
