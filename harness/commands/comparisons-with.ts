import { ok, type Result } from '../result.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { compareDirectory, type Refusal } from './compare-directory.ts';

/** Each run that is there, compared with a baseline or a run directory. */
export async function comparisonsWith(
  baseline: string,
  directories: readonly string[],
  options: { readonly force: boolean },
): Promise<Result<readonly Comparison[], Refusal>> {
  const all: Comparison[] = [];
  for (const directory of directories) {
    const compared = await compareDirectory(baseline, directory, options);
    if (!compared.ok) return compared;
    all.push(...compared.value.comparisons);
  }
  return ok(all);
}
