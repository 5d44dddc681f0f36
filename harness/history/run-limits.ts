import type { RunFile } from '../record/run-file.ts';
import { type Limits, timesOf } from '../statistics/deadline.ts';

/** The deadlines and timeouts of a variant as its run was made with them; undefined for a variant that it has not. */
export function limitsOfVariant(run: Pick<RunFile, 'variants'>, scenario: string, name: string): Limits | undefined {
  const variant = run.variants.find((one) => one.scenario === scenario && one.name === name);
  if (!variant) return undefined;
  const { deadlines_ms: deadlines, timeouts_ms: timeouts } = variant;
  return { deadlines: timesOf(deadlines ?? {}), timeouts: timesOf(timeouts ?? {}) };
}
