import { historyLines } from '../../report/terminal/history.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readAcceptances } from '../history/acceptances.ts';
import { historyJson } from '../history/history-json.ts';
import { readHistory } from '../history/read-history.ts';
import { skippedLines } from '../history/skipped-lines.ts';
import { changePoints } from '../statistics/change-point.ts';
import { wantsColour } from './terminal.ts';

export interface HistoryFlags {
  readonly json?: boolean;
}

/** `bench history [DIR]`: every series of all run directories over time. Exit 1 when one of them is a regression now. */
export async function historyCommand(root: string, { json }: HistoryFlags): Promise<ExitCode> {
  const history = await readHistory(root, changePoints, readAcceptances(root));
  if (!history.ok) {
    process.stderr.write(`${history.failure}\n`);
    return EXIT.usage;
  }
  const { skipped, series } = history.value;
  process.stderr.write(
    skippedLines(skipped)
      .map((line) => `${line}\n`)
      .join(''),
  );
  process.stdout.write(
    json
      ? `${JSON.stringify(historyJson(history.value))}\n`
      : `${historyLines(history.value, wantsColour(process.stdout)).join('\n')}\n`,
  );
  return series.some(({ regression }) => regression) ? EXIT.regression : EXIT.ok;
}
