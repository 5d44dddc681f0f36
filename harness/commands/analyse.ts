import { join } from 'node:path';
import { factsLines } from '../../report/terminal/facts.ts';
import { summaryLines } from '../../report/terminal/summary.ts';
import { waterfallLines } from '../../report/terminal/waterfall.ts';
import { csvHeader, csvRows } from '../archive/csv-file.ts';
import { factsJson } from '../archive/facts-json.ts';
import { PHASE_COLUMNS, phaseRows } from '../archive/phases-csv.ts';
import { readRun } from '../archive/read-run.ts';
import { writeJson, writeWhole } from '../archive/run-directory.ts';
import { SAMPLE_COLUMNS } from '../archive/samples-csv.ts';
import { summaryJson } from '../archive/summary-json.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { bootFacts } from '../statistics/boot-facts.ts';
import { topologyFacts } from '../statistics/facts.ts';
import { waterfalls } from '../statistics/phase-summary.ts';
import { summarise } from '../statistics/summary.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { wantsColour } from './terminal.ts';

/**
 * `bench analyse RUN`: computes outcomes, latencies and phases again from what was recorded, and writes `samples.csv`,
 * `phases.csv` and `summary.json` anew. Nothing is measured; the recordings are not touched.
 */
export async function analyseCommand(directory: string): Promise<ExitCode> {
  const read = await readRun(directory);
  if (!read.ok) {
    process.stderr.write(`${read.failure}\n`);
    return EXIT.usage;
  }
  const { runId, variants, references, recordings, unreadable } = read.value;
  for (const line of unreadable) process.stderr.write(`left out: ${line}\n`);
  const samples = samplesOf(recordings);
  const summaries = summarise(variants, samples, (scenario) => references.get(scenario));
  const falls = waterfalls(variants, samples);
  await writeWhole(join(directory, 'samples.csv'), csvHeader(SAMPLE_COLUMNS) + csvRows(SAMPLE_COLUMNS, samples));
  await writeWhole(
    join(directory, 'phases.csv'),
    csvHeader(PHASE_COLUMNS) + csvRows(PHASE_COLUMNS, phaseRows(samples)),
  );
  const offered = topologyFacts(
    variants,
    recordings.map(({ header, events }) => bootFacts(header, events)),
  );
  await writeJson(join(directory, 'facts.json'), factsJson(runId, offered));
  await writeJson(join(directory, 'summary.json'), summaryJson(runId, summaries, falls));
  const lines = [
    ...summaryLines(summaries, variants, wantsColour(process.stdout)),
    '',
    ...waterfallLines(falls),
    '',
    ...factsLines(offered),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
