import type { Sample } from '../vocabulary.ts';
import { count, listWords } from '../words.ts';
import type { LatencySummary } from './latency-summary.ts';
import { hasFailed } from './tried.ts';

/** Operations that were tried and failed. Each took longer than anybody waited, for whatever reason: it never ended as it should. */
export interface Censoring {
  readonly samples: number;
  /** Good ones and these. */
  readonly of: number;
  /** What they are known to be longer than, in milliseconds; absent where a run of an earlier version does not say. */
  readonly aboveMs?: number;
  /** Quantiles that fall among them, which are therefore not known. */
  readonly quantiles: readonly Quantile[];
  /** All of it in a sentence. */
  readonly reason: string;
}

const QUANTILES = ['p50', 'p90', 'p95'] as const;
type Quantile = (typeof QUANTILES)[number];

/**
 * Undefined where nothing failed.
 *
 * @param latency absent where nothing was `ok`
 * @param aboveMs when the operation is given up
 */
export function censoringOf(
  samples: readonly Sample[],
  latency: LatencySummary | undefined,
  aboveMs: number | undefined,
): Censoring | undefined {
  const failed = samples.filter(hasFailed).length;
  if (failed === 0) return undefined;
  const of = failed + samples.filter(({ outcome }) => outcome === 'ok').length;
  const quantiles = QUANTILES.filter((name) => latency?.[`${name}Ms`] === undefined);
  const than = aboveMs === undefined ? 'all that were ok' : `${aboveMs} ms`;
  const unknown = quantiles.length === 0 ? '' : `: ${listWords(quantiles, 'and')} not known`;
  return {
    samples: failed,
    of,
    ...(aboveMs !== undefined && { aboveMs }),
    quantiles,
    reason: `${failed} of ${count(of, 'operation')} failed and ${failed === 1 ? 'counts' : 'count'} as longer than ${than}${unknown}`,
  };
}
