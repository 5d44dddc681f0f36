import { fail, ok, type Result } from '../../harness/result.ts';
import { type Beside, buildModel } from './build-model.ts';
import { withDetails } from './details.ts';
import type { ReportModel } from './report-model.ts';
import { readRunFiles } from './run-files.ts';

/** The model of one run directory, or of several side by side. The failure says which directory is not as it should be. */
export async function readReport(
  directories: readonly string[],
  beside: Beside = {},
): Promise<Result<ReportModel, string>> {
  const files = [];
  for (const directory of directories) {
    const read = await readRunFiles(directory);
    if (!read.ok) return fail(read.failure);
    files.push(read.value);
  }
  const places = new Map(files.map(({ run, directory }) => [run.run_id, directory]));
  return ok(await withDetails(buildModel(files, beside), places));
}
