import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../result.ts';
import type { ComparedMetric, Comparison } from '../statistics/comparison.ts';
import { OPERATIONS } from '../vocabulary.ts';
import { comparisonJson, storedComparison } from './comparison-json.ts';
import { writeJson } from './run-directory.ts';
import { readStored, SCHEMA_VERSION } from './stored-json.ts';

/** Two runs, metric by metric. */
export interface RunComparison {
  readonly base: ComparedSide;
  readonly current: ComparedSide;
  /** Whether other conditions were overridden. */
  readonly forced: boolean;
  readonly comparisons: readonly Comparison[];
  /** What only the current run has: there is nothing to compare it with. */
  readonly added: readonly Pick<ComparedMetric, 'scenario' | 'variant' | 'operation'>[];
}

/** Which run a side of a comparison was. */
interface ComparedSide {
  readonly label: string;
  readonly runId: string;
}

/** In the directory of the run that was compared with a baseline when it had ended. */
const COMPARISON_FILE = 'comparison.json';

const side = z
  .object({ label: z.string(), run_id: z.string() })
  .transform(({ label, run_id: runId }) => ({ label, runId }));

const storedRunComparison = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  base: side,
  current: side,
  forced: z.boolean(),
  comparisons: z.array(storedComparison),
  added: z.array(z.object({ scenario: z.string(), variant: z.string(), operation: z.enum(OPERATIONS) })),
});

/** A comparison of two runs with keys as in the files of a run directory. */
export function runComparisonJson({ base, current, forced, comparisons, added }: RunComparison) {
  return {
    schema_version: SCHEMA_VERSION,
    base: { label: base.label, run_id: base.runId },
    current: { label: current.label, run_id: current.runId },
    forced,
    comparisons: comparisons.map(comparisonJson),
    added,
  };
}

export function writeRunComparison(directory: string, comparison: RunComparison): Promise<void> {
  return writeJson(join(directory, COMPARISON_FILE), runComparisonJson(comparison));
}

/** What a run was compared with when it had ended; undefined for one that was not. The failure names the file. */
export function readRunComparison(directory: string): Result<RunComparison | undefined, string> {
  const read = readStored(directory, COMPARISON_FILE, storedRunComparison);
  if (!read.ok) return read.failure.kind === 'missing' ? ok(undefined) : fail(`${directory}: ${read.failure.reason}`);
  const { schema_version: _, ...comparison } = read.value;
  return ok(comparison);
}
