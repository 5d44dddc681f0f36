import { runComparisonLines } from '../../report/terminal/run-comparison.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hasCompared, hasRegressed } from '../history/compare-runs.ts';
import { runComparisonJson } from '../record/comparison-file.ts';
import { compareDirectory } from './compare-directory.ts';
import { wantsColour } from './terminal.ts';

/** Flags of `bench compare`. */
export interface CompareFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `bench compare BASE NEW`: what changed between two runs that are there. Nothing is written. */
export async function compareCommand(
  given: string,
  directory: string,
  { force = false, json = false }: CompareFlags,
): Promise<ExitCode> {
  const compared = await compareDirectory(given, directory, { force });
  if (!compared.ok) {
    process.stderr.write(`${compared.failure.message}\n`);
    return compared.failure.code;
  }
  const lines = json
    ? [JSON.stringify(runComparisonJson(compared.value), null, 2)]
    : runComparisonLines(compared.value, wantsColour(process.stdout));
  process.stdout.write(`${lines.join('\n')}\n`);
  const { base, comparisons } = compared.value;
  if (hasRegressed(comparisons)) return EXIT.regression;
  if (hasCompared(comparisons)) return EXIT.ok;
  process.stderr.write(`nothing of ${base.label} could be compared\n`);
  return EXIT.noBaseline;
}
