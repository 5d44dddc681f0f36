import { EXPORT_FORMATS } from '../../report/exports/index.ts';
import { readRunFiles } from '../../report/model/run-files.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export interface ExportFlags {
  readonly format: string;
}

/** `bench export --format … RUN`: writes a run in another format on standard output. */
export async function exportCommand(directories: readonly string[], { format }: ExportFlags): Promise<ExitCode> {
  const chosen = EXPORT_FORMATS.find(({ name }) => name === format);
  if (!chosen) return complain(`--format ${format}: there are ${EXPORT_FORMATS.map(({ name }) => name).join(', ')}`);
  if (directories.length > 1 && !chosen.several) return complain(`--format ${format} holds one run at a time`);
  const read = await Promise.all(directories.map(readRunFiles));
  const failures = read.flatMap((one) => (one.ok ? [] : one.failure));
  if (failures.length > 0) return complain(failures.join('\n'));
  const runs = read.flatMap((one) => (one.ok ? { files: one.value, comparisons: [] } : []));
  const ordered = runs.toSorted((a, b) => a.files.run.started_at.localeCompare(b.files.run.started_at));
  const { text, notes } = chosen.render(ordered);
  for (const note of [...ordered.flatMap(({ files }) => files.missing), ...notes]) process.stderr.write(`${note}\n`);
  process.stdout.write(text);
  return EXIT.ok;
}

function complain(message: string): ExitCode {
  process.stderr.write(`${message}\n`);
  return EXIT.usage;
}
