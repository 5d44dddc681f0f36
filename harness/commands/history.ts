import { historyLines } from '../../report/terminal/history.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readAcceptances } from '../history/acceptances.ts';
import { isAlarm } from '../history/history.ts';
import { historyJson } from '../history/history-json.ts';
import { readHistory } from '../history/read-history.ts';
import { skippedLines } from '../history/skipped-lines.ts';
import { changePoints } from '../statistics/change-point.ts';
import type { HistoryFlags } from './flags.ts';
import { complain, print, say, wantsColour } from './output.ts';

/** `bench history [DIR]`: every series of all run directories over time. Exit 1 when one of them is a regression now, or fails more than it did. */
export async function historyCommand(root: string, { json }: HistoryFlags): Promise<ExitCode> {
  const history = await readHistory(root, changePoints, readAcceptances(root));
  if (!history.ok) return complain(history.failure, EXIT.usage);
  const { skipped, series } = history.value;
  for (const line of skippedLines(skipped)) say(line);
  const lines = json
    ? [JSON.stringify(historyJson(history.value))]
    : historyLines(history.value, wantsColour(process.stdout));
  print(lines.join('\n'));
  return series.some(isAlarm) ? EXIT.regression : EXIT.ok;
}
