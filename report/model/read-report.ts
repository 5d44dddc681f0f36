import { readRunComparison } from '../../harness/record/comparison-file.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { type Beside, buildModel } from './build-model.ts';
import { withDetails } from './details.ts';
import type { ReportModel } from './report-model.ts';
import { readRunFiles } from './run-files.ts';

/**
 * The model of one run directory, or of several side by side, with what they were compared with when they had ended unless
 * other comparisons are given. The page lies in the first one, so the failure is what is wrong with that; another one that
 * is not as it should be is left out, and the page says so.
 */
export async function readReport(
  directories: readonly string[],
  beside: Beside = {},
): Promise<Result<ReportModel, string>> {
  const files = [];
  const stored = [];
  const leftOut: string[] = [];
  for (const [index, directory] of directories.entries()) {
    const read = readRunFiles(directory);
    if (!read.ok && index === 0) return fail(read.failure);
    if (!read.ok) {
      const line = `left out: ${read.failure}`;
      leftOut.push(line);
      beside.say?.(line);
      continue;
    }
    const compared = readRunComparison(directory);
    const missing = compared.ok ? [] : [compared.failure];
    files.push({ ...read.value, missing: [...read.value.missing, ...missing] });
    if (compared.ok && compared.value) stored.push(...compared.value.comparisons);
  }
  const places = new Map(files.map(({ run, directory }) => [run.run_id, directory]));
  const [home, ...others] = files;
  const told = home ? [{ ...home, missing: [...home.missing, ...leftOut] }, ...others] : [];
  const model = buildModel(told, { ...beside, comparisons: beside.comparisons ?? stored });
  return ok(await withDetails(model, places));
}
