import type { Estimate } from './least-squares.ts';

/** An estimate that carries what a reader has to know before believing it, so that no caller can drop it. */
export interface Statistic extends Estimate {
  readonly warnings: readonly string[];
}
