/** What `summary.json` counts of an operation. */
interface Counted {
  readonly n_samples: number;
  readonly n_tried?: number | null | undefined;
  readonly failures: number;
  readonly outcomes?: Readonly<Record<string, number | undefined>> | undefined;
}

/** How many of the operations that were tried failed. Runs of earlier versions count those that were not tried among the failures. */
export function triedOf({ n_samples: samples, n_tried: tried, failures, outcomes }: Counted): {
  readonly tried: number;
  readonly failures: number;
} {
  if (tried != null) return { tried, failures };
  const untried = outcomes?.aborted ?? 0;
  return { tried: samples - untried, failures: Math.max(0, failures - untried) };
}
