import { readRunComparison } from '../../harness/record/comparison-file.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { type Beside, buildModel } from './build-model.ts';
import { withDetails } from './details.ts';
import type { ReportModel } from './report-model.ts';
import { readRunFiles } from './run-files.ts';

/**
 * The model of one run directory, or of several side by side, with what they were compared with when they had ended unless
 * other comparisons are given. The failure says which directory is not as it should be.
 */
export async function readReport(
  directories: readonly string[],
  beside: Beside = {},
): Promise<Result<ReportModel, string>> {
  const files = [];
  const stored = [];
  for (const directory of directories) {
    const read = await readRunFiles(directory);
    if (!read.ok) return fail(read.failure);
    const compared = await readRunComparison(directory);
    const missing = compared.ok ? [] : [compared.failure];
    files.push({ ...read.value, missing: [...read.value.missing, ...missing] });
    if (compared.ok && compared.value) stored.push(...compared.value.comparisons);
  }
  const places = new Map(files.map(({ run, directory }) => [run.run_id, directory]));
  const model = buildModel(files, { ...beside, comparisons: beside.comparisons ?? stored });
  return ok(await withDetails(model, places));
}
