/** What `summary.json` says of the operations that were tried. */
interface Counted {
  readonly n_samples: number;
  readonly n_tried?: number | undefined;
  readonly failures: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface Tried {
  readonly tried: number;
  readonly failed: number;
}

/** Failed of tried operations. Runs of earlier versions count those that were not tried among the failures. */
export function triedOf({ n_samples: samples, n_tried: tried, failures, outcomes }: Counted): Tried {
  if (tried !== undefined) return { tried, failed: failures };
  const untried = outcomes.aborted ?? 0;
  return { tried: samples - untried, failed: Math.max(0, failures - untried) };
}
