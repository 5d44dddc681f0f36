import { realpath } from 'node:fs/promises';
import { findingsLines } from '../../report/terminal/findings.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { bootFacts } from '../findings/boot-facts.ts';
import { findingsOf } from '../findings/findings.ts';
import { writeFindings } from '../record/findings-files.ts';
import { writeSamples } from '../record/phases-csv.ts';
import { readRun } from '../record/read-run.ts';
import { claimRun } from '../record/run-directory.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { complain, print, say, wantsColour } from './output.ts';

/**
 * `bench analyse RUN`: computes outcomes, latencies, phases and facts again from what was recorded, and writes
 * `samples.csv`, `phases.csv`, `summary.json` and `facts.json` anew. Nothing is measured, and no recording is touched. A run
 * that is still going on writes these files itself.
 */
export async function analyseCommand(directory: string): Promise<ExitCode> {
  const claimed = await claimRun(await realpath(directory).catch(() => directory));
  if (!claimed.ok) return complain(claimed.failure, EXIT.usage);
  const release = claimed.value;
  try {
    return await analyse(directory);
  } finally {
    release();
  }
}

async function analyse(directory: string): Promise<ExitCode> {
  const read = await readRun(directory);
  if (!read.ok) return complain(read.failure, EXIT.usage);
  const run = read.value;
  for (const line of run.unreadable) say(`left out: ${line}`);
  const samples = samplesOf(run.recordings);
  const boots = run.recordings.map(({ header, events }) => bootFacts(header, events));
  const findings = findingsOf(run, samples, boots);
  await writeSamples(directory, samples);
  await writeFindings(directory, run.runId, findings);
  const lines = findingsLines(findings, run.variants, wantsColour(process.stdout));
  print(lines.join('\n'));
  return EXIT.ok;
}
