import { join } from 'node:path';
import type { Findings } from '../statistics/findings.ts';
import { factsJson } from './facts-json.ts';
import { writeJson } from './run-directory.ts';
import { summaryJson } from './summary-json.ts';

/** Writes `summary.json` and `facts.json` of a run directory. */
export async function writeFindings(directory: string, runId: string, findings: Findings): Promise<void> {
  await writeJson(join(directory, 'summary.json'), summaryJson(runId, findings));
  await writeJson(join(directory, 'facts.json'), factsJson(runId, findings.facts));
}
