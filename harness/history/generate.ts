import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeFindings } from '../record/findings-files.ts';
import { writeSamples } from '../record/phases-csv.ts';
import { basicTimestamp } from '../record/run-directory.ts';
import { writeRunJson } from '../record/run-json.ts';
import { type SyntheticNight, syntheticNights } from './synthetic-nights.ts';

const USAGE = 'usage: node scripts/generate-history.mjs <folder> <nights> <variants>';
const SEED = 1;

/** Fills a new folder with run directories that nobody measured, to see how the history copes with many. */
export async function main([folder, ...counts]: readonly string[]): Promise<ExitCode> {
  const [nights, variants] = counts.map(Number);
  if (!folder || !isCount(nights) || !isCount(variants)) {
    process.stderr.write(`${USAGE}\n`);
    return EXIT.usage;
  }
  await mkdir(folder, { recursive: true });
  for (const night of syntheticNights(nights, variants, SEED)) await writeNight(folder, night);
  process.stdout.write(`${nights} runs x ${variants} variants in ${folder}\n`);
  return EXIT.ok;
}

/** Writes a night as a run does. There are no recordings and no logs. Returns the directory. */
export async function writeNight(folder: string, { state, samples, findings }: SyntheticNight): Promise<string> {
  const runId = `${basicTimestamp(state.startedAt)}-nightly`;
  const directory = join(folder, runId);
  await mkdir(directory);
  const own = samples.map((sample) => ({ ...sample, runId }));
  await writeSamples(directory, own);
  await writeFindings(directory, runId, findings);
  await writeRunJson(directory, { ...state, runId });
  return directory;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}
