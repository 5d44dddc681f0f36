import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { writeReport } from '../../report/html/write-report.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readAcceptances } from '../history/acceptances.ts';
import type { History } from '../history/history.ts';
import { readHistory } from '../history/read-history.ts';
import { ok } from '../result.ts';
import { changePoints } from '../statistics/change-point.ts';
import { compareDirectories } from './compare-with-base.ts';
import type { ReportFlags } from './flags.ts';
import { complain, print, say } from './output.ts';

/**
 * `bench report RUN…`: writes the page of a run again, or one that shows several runs side by side; with the comparison
 * with a baseline, or else with what the runs were compared with when they had ended.
 */
export async function reportCommand(
  directories: readonly string[],
  { open, baseline, force = false, out, need }: ReportFlags,
): Promise<ExitCode> {
  const compared = baseline === undefined ? ok(undefined) : await compareDirectories(baseline, directories, { force });
  if (!compared.ok) return complain(compared.failure.message, compared.failure.code);
  const comparisons = compared.value;
  const history = await historyAround(directories[0] ?? '.');
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const beside = {
    ...(history && { history }),
    ...(comparisons && { comparisons }),
    ...(out !== undefined && { file: out }),
    ...(need && { need }),
    say,
  };
  const written = await writeReport(directories, beside);
  if (!written.ok) return complain(written.failure, EXIT.usage);
  print(written.value);
  if (open) openInBrowser(written.value);
  return EXIT.ok;
}

/** The history of the folder that a run is in. A page is worth having without it. */
async function historyAround(directory: string): Promise<History | undefined> {
  const root = dirname(resolve(directory));
  const history = await readHistory(root, changePoints, readAcceptances(root));
  return history.ok && history.value.runs > 1 ? history.value : undefined;
}

/** With the desktop's own opener, which goes on after this process has ended. */
function openInBrowser(file: string): void {
  const opener = spawn('xdg-open', [file], { detached: true, stdio: 'ignore' });
  opener.on('error', () => say(`xdg-open is not in PATH: open ${file} in a browser`));
  opener.unref();
}
