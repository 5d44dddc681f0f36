import { EXPORT_FORMATS } from '../../report/exports/index.ts';
import { readRunFiles } from '../../report/model/run-files.ts';
import { readRunComparison } from '../archive/comparison-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { compareDirectory, type Refusal } from './compare-directory.ts';

export interface ExportFlags {
  readonly format: string;
  /** Name of a baseline, or a run directory. */
  readonly baseline?: string;
  readonly force?: boolean;
}

/** `bench export --format … RUN`: writes a run in another format on standard output. */
export async function exportCommand(directories: readonly string[], flags: ExportFlags): Promise<ExitCode> {
  const { format } = flags;
  const chosen = EXPORT_FORMATS.find(({ name }) => name === format);
  if (!chosen) return complain(`--format ${format}: there are ${EXPORT_FORMATS.map(({ name }) => name).join(', ')}`);
  if (directories.length > 1 && !chosen.several) return complain(`--format ${format} holds one run at a time`);
  const runs = [];
  for (const directory of directories) {
    const files = await readRunFiles(directory);
    if (!files.ok) return complain(files.failure);
    const comparisons = await comparisonsOf(directory, flags);
    if (!comparisons.ok) return complain(comparisons.failure.message, comparisons.failure.code);
    runs.push({ files: files.value, comparisons: comparisons.value });
  }
  const ordered = runs.toSorted((a, b) => a.files.run.started_at.localeCompare(b.files.run.started_at));
  const { text, notes } = chosen.render(ordered);
  for (const note of [...ordered.flatMap(({ files }) => files.missing), ...notes]) process.stderr.write(`${note}\n`);
  process.stdout.write(text);
  return EXIT.ok;
}

/** With the baseline that is named, or else what the run was compared with when it had ended. */
async function comparisonsOf(
  directory: string,
  { baseline, force = false }: ExportFlags,
): Promise<Result<readonly Comparison[], Refusal>> {
  if (baseline === undefined) {
    const stored = await readRunComparison(directory);
    return stored.ok ? ok(stored.value?.comparisons ?? []) : fail({ message: stored.failure, code: EXIT.usage });
  }
  const compared = await compareDirectory(baseline, directory, { force });
  return compared.ok ? ok(compared.value.comparisons) : compared;
}

function complain(message: string, code: ExitCode = EXIT.usage): ExitCode {
  process.stderr.write(`${message}\n`);
  return code;
}
