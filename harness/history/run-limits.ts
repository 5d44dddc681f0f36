import type { RunFile, StoredVariant } from '../record/run-file.ts';
import type { Deadlines, Limits } from '../statistics/deadline.ts';

/** The deadlines and timeouts of a variant as its run was made with them; undefined for a variant that it has not. */
export function limitsOfVariant(run: Pick<RunFile, 'variants'>, scenario: string, name: string): Limits | undefined {
  const variant = run.variants.find((one) => one.scenario === scenario && one.name === name);
  if (!variant) return undefined;
  const { deadlines_ms: deadlines, timeouts_ms: timeouts } = variant;
  return { deadlines: timesOf(deadlines ?? {}), timeouts: timesOf(timeouts ?? {}) };
}

function timesOf({ boot, start, plug, unplug, ...times }: NonNullable<StoredVariant['deadlines_ms']>): Deadlines {
  return {
    ...(boot != null && { bootMs: boot }),
    ...(start != null && { startMs: start }),
    ...(plug != null && { plugMs: plug }),
    ...(unplug != null && { unplugMs: unplug }),
    ...(times['until-usable'] != null && { untilUsableMs: times['until-usable'] }),
  };
}
