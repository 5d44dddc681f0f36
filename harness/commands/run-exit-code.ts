import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hasCompared, hasRegressed, hasUndecided } from '../history/compare-runs.ts';
import type { RunComparison } from '../record/comparison-file.ts';
import { hasFailed } from '../record/run-state.ts';
import type { FinishedRun } from '../run/run.ts';
import type { RunFlags } from './flags.ts';

/**
 * A regression comes before failed samples: it says something new, and failures that are new are one themselves. A gate
 * that was to compare and could not comes before them, too: of what is new it knows nothing. A variant that had to be left out
 * counts as failed. Last comes what was compared and not decided.
 */
export function exitCodeOf(
  { samples, boots, unavailable, interrupted }: Pick<FinishedRun, 'samples' | 'boots' | 'unavailable' | 'interrupted'>,
  comparison: Pick<RunComparison, 'comparisons'> | undefined,
  { requireBaseline = false, acceptUndecided = false }: Pick<RunFlags, 'requireBaseline' | 'acceptUndecided'>,
): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (comparison && hasRegressed(comparison.comparisons)) return EXIT.regression;
  if (requireBaseline && !(comparison && hasCompared(comparison.comparisons))) return EXIT.noBaseline;
  if (hasFailed(samples, boots) || unavailable.length > 0) return EXIT.samplesFailed;
  if (!comparison || acceptUndecided) return EXIT.ok;
  const isDecided = hasCompared(comparison.comparisons) && !hasUndecided(comparison.comparisons);
  return isDecided ? EXIT.ok : EXIT.undecided;
}
