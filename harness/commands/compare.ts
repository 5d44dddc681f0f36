import { runComparisonLines } from '../../report/terminal/run-comparison.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hasCompared, hasRegressed, hasUndecided } from '../history/compare-runs.ts';
import { runComparisonJson } from '../record/comparison-file.ts';
import { compareDirectory } from './compare-with-base.ts';
import type { CompareFlags } from './flags.ts';
import { complain, print, say, wantsColour } from './output.ts';

/** `bench compare BASE NEW`: what changed between two runs that are there. Nothing is written. */
export async function compareCommand(
  given: string,
  directory: string,
  { force = false, json = false, detect, acceptUndecided = false }: CompareFlags,
): Promise<ExitCode> {
  const compared = await compareDirectory(given, directory, {
    force,
    refusesItself: true,
    ...(detect !== undefined && { detect }),
  });
  if (!compared.ok) return complain(compared.failure.message, compared.failure.code);
  const lines = json
    ? [JSON.stringify(runComparisonJson(compared.value), null, 2)]
    : runComparisonLines(compared.value, wantsColour(process.stdout));
  print(lines.join('\n'));
  const { base, comparisons } = compared.value;
  if (hasRegressed(comparisons)) return EXIT.regression;
  if (!hasCompared(comparisons)) {
    say(`nothing of ${base.label} could be compared`);
    return EXIT.noBaseline;
  }
  return hasUndecided(comparisons) && !acceptUndecided ? EXIT.undecided : EXIT.ok;
}
