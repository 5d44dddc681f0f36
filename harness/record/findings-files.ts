import { join } from 'node:path';
import type { Findings } from '../findings/findings.ts';
import { readRunComparison } from './comparison-file.ts';
import { FACTS_FILE, factsJson } from './facts-json.ts';
import { writeJson } from './run-directory.ts';
import { SUMMARY_FILE } from './summary-file.ts';
import { summaryJson } from './summary-json.ts';

/** Writes `summary.json` and `facts.json` of a run directory. What it was compared with stays in the summary. */
export async function writeFindings(directory: string, runId: string, findings: Findings): Promise<void> {
  const compared = readRunComparison(directory);
  const withBaseline = compared.ok ? compared.value?.comparisons : [];
  await writeJson(join(directory, SUMMARY_FILE), summaryJson(runId, findings, withBaseline));
  await writeJson(join(directory, FACTS_FILE), factsJson(runId, findings.facts));
}
