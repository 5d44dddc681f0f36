import { join } from 'node:path';
import type { Findings } from '../findings/findings.ts';
import { readRunComparison } from './comparison-file.ts';
import { factsJson } from './facts-json.ts';
import { writeJson } from './run-directory.ts';
import { summaryJson } from './summary-json.ts';

/** Writes `summary.json` and `facts.json` of a run directory. What it was compared with stays in the summary. */
export async function writeFindings(directory: string, runId: string, findings: Findings): Promise<void> {
  const compared = await readRunComparison(directory);
  const withBaseline = compared.ok ? compared.value?.comparisons : [];
  await writeJson(join(directory, 'summary.json'), summaryJson(runId, findings, withBaseline));
  await writeJson(join(directory, 'facts.json'), factsJson(runId, findings.facts));
}
