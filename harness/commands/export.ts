import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ExportedRun, ExportFormat } from '../../report/exports/export-format.ts';
import { EXPORT_FORMATS } from '../../report/exports/index.ts';
import { readRunFiles } from '../../report/model/run-files.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readAcceptances } from '../history/acceptances.ts';
import type { History } from '../history/history.ts';
import { readHistory } from '../history/read-history.ts';
import { skippedLines } from '../history/skipped-lines.ts';
import { readRunComparison } from '../record/comparison-file.ts';
import { readSamples } from '../record/phases-csv.ts';
import { fail, ok, type Result } from '../result.ts';
import { changePoints } from '../statistics/change-point.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { compareDirectory, type Refusal } from './compare-with-base.ts';
import type { ExportFlags } from './flags.ts';
import { complain, say } from './output.ts';

/** `bench export --format … RUN`: writes a run in another format on standard output. */
export async function exportCommand(directories: readonly string[], flags: ExportFlags): Promise<ExitCode> {
  const { format, history } = flags;
  const chosen = EXPORT_FORMATS.find(({ name }) => name === format);
  if (!chosen)
    return complain(`--format ${format}: there are ${EXPORT_FORMATS.map(({ name }) => name).join(', ')}`, EXIT.usage);
  if (directories.length > 1 && !chosen.several)
    return complain(`--format ${format} holds one run at a time`, EXIT.usage);
  if (history && !chosen.historical) {
    const able = EXPORT_FORMATS.filter(({ historical }) => historical).map(({ name }) => name);
    return complain(`--history: only ${able.join(' and ')} can say what the history has found`, EXIT.usage);
  }
  const read = await readRuns(directories, chosen, flags);
  for (const { message } of read.refused) say(message);
  if (read.runs.length === 0) return read.refused[0]?.code ?? EXIT.usage;
  const ordered = read.runs.toSorted((a, b) => a.files.run.started_at.localeCompare(b.files.run.started_at));
  const { text, notes } = chosen.render(ordered);
  for (const line of [...ordered.flatMap(({ files }) => files.missing), ...notes]) say(line);
  process.stdout.write(text);
  return EXIT.ok;
}

/** What can be read, each run once: `results/*` has the newest twice, as itself and as `latest`. */
async function readRuns(directories: readonly string[], format: ExportFormat, flags: ExportFlags) {
  const runs = new Map<string, ExportedRun>();
  const refused: Refusal[] = [];
  for (const directory of directories) {
    const run = await readExportedRun(directory, format, flags);
    if (run.ok) runs.set(run.value.files.run.run_id, run.value);
    else if (directories.length === 1) refused.push(run.failure);
    else refused.push({ ...run.failure, message: `${directory} is left out: ${run.failure.message}` });
  }
  return { runs: [...runs.values()], refused };
}

async function readExportedRun(
  directory: string,
  { needsPhases }: ExportFormat,
  flags: ExportFlags,
): Promise<Result<ExportedRun, Refusal>> {
  const files = readRunFiles(directory);
  if (!files.ok) return fail({ message: files.failure, code: EXIT.usage });
  const comparisons = await comparisonsOf(directory, flags);
  if (!comparisons.ok) return comparisons;
  const history = flags.history ? await historyAround(directory) : ok(undefined);
  if (!history.ok) return fail({ message: history.failure, code: EXIT.usage });
  const samples = needsPhases ? readSamples(directory, files.value.run) : ok(undefined);
  if (!samples.ok) return fail({ message: `${directory}: ${samples.failure}`, code: EXIT.usage });
  return ok({
    files: files.value,
    comparisons: comparisons.value,
    ...(history.value && { history: history.value }),
    ...(samples.value && { samples: samples.value }),
  });
}

/** With the baseline that is named, or else what the run was compared with when it had ended. */
async function comparisonsOf(
  directory: string,
  { baseline, force = false }: ExportFlags,
): Promise<Result<readonly Comparison[], Refusal>> {
  if (baseline === undefined) {
    const stored = readRunComparison(directory);
    return stored.ok ? ok(stored.value?.comparisons ?? []) : fail({ message: stored.failure, code: EXIT.usage });
  }
  const compared = await compareDirectory(baseline, directory, { force });
  return compared.ok ? ok(compared.value.comparisons) : compared;
}

/** Of the folder that the run is in. */
async function historyAround(directory: string): Promise<Result<History, string>> {
  const root = dirname(await realpath(directory));
  const history = await readHistory(root, changePoints, readAcceptances(root));
  if (history.ok) for (const line of skippedLines(history.value.skipped)) say(line);
  return history;
}
