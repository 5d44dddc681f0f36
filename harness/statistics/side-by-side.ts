import { errorFunction, median } from 'simple-statistics';
import type { GoodSample, OperationName, Sample } from '../vocabulary.ts';
import { bootLocations } from './boot-location.ts';
import { logChoose } from './fisher.ts';

/** Whether machines that ran side by side were as fast as those that ran alone; for one operation of a scenario. */
export interface SideBySide {
  readonly scenario: string;
  readonly operation: OperationName;
  /** Most machines that ran at the same time. */
  readonly jobs: number;
  /** `unknown`: no result could have been a clear one, with so few boots. */
  readonly verdict: 'differ' | 'alike' | 'unknown';
  /** Latency side by side over latency alone: the median of the variants' ratios. */
  readonly ratio: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Those with boots of both kinds. */
  readonly variants: readonly VariantSideBySide[];
}

interface VariantSideBySide {
  readonly variant: string;
  readonly bootsAlone: number;
  readonly bootsSideBySide: number;
  /** Of the medians over boots. */
  readonly ratio: number;
}

/** A false alarm in twenty costs a look at the figures; nothing else is decided by it. */
const LEVEL = 0.05;
/** A smaller difference is not worth a warning, however sure it is: two fresh boots of one machine differ by more. */
const LEAST_CHANGE = 0.02;

/**
 * One entry per scenario and operation for which boots of both kinds were measured; nothing for a run without `--jobs`.
 *
 * Each boot counts as one number. A variant has few boots that ran alone, mostly one, so all variants of the scenario
 * decide together: the pairs of boots of the same variant in which that of the pair that ran side by side was slower are
 * counted (Mann and Whitney 1947, Ann. Math. Stat. 18) and added up over the variants, as are their means and variances
 * under the assumption that it makes no difference. They differ if that count is that far from its mean at most once in
 * twenty times, and the medians by 2 % or more.
 *
 * Plugs during the boot are left out: how long one takes depends on when it was begun more than on anything else.
 *
 * Limits: boots that ran alone came first, so a drift of the host looks like a disturbance; and what slows some variants
 * down as much as it speeds others up is not seen.
 */
export function sideBySide(samples: readonly Sample[]): readonly SideBySide[] {
  const good = samples.filter((sample) => sample.outcome === 'ok');
  const measured = good.filter(({ warmup, offsetMs }) => !warmup && offsetMs === undefined);
  const operations = groups(measured, ({ scenario, operation }) => `${scenario} ${operation}`);
  return operations.flatMap((own) => {
    const [first] = own;
    const strata = groups(own, ({ variant, bootMode }) => `${variant} ${bootMode}`).flatMap(stratum);
    if (!first || strata.length === 0) return [];
    const { scenario, operation } = first;
    const ratio = median(strata.map((one) => one.ratio));
    const pValue = stratifiedP(strata);
    const isClear = pValue <= LEVEL && Math.abs(ratio - 1) >= LEAST_CHANGE;
    const verdict = smallestP(strata) > LEVEL ? 'unknown' : isClear ? 'differ' : 'alike';
    const variants = strata.map(({ alone, beside, ...one }) => ({
      ...one,
      bootsAlone: alone.length,
      bootsSideBySide: beside.length,
    }));
    return [{ scenario, operation, jobs: Math.max(...own.map(({ jobs }) => jobs)), verdict, ratio, pValue, variants }];
  });
}

interface Stratum {
  readonly variant: string;
  /** A number for each boot, on the logarithmic scale. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly ratio: number;
}

/** Nothing where there are no boots of one of the kinds. */
function stratum(samples: readonly GoodSample[]): readonly Stratum[] {
  const locations = (kind: readonly GoodSample[]) => {
    const boots = groups(kind, ({ boot }) => String(boot));
    return [...bootLocations(boots.map((boot) => boot.map(({ latencyMs }) => latencyMs)))];
  };
  const alone = locations(samples.filter(({ jobs }) => jobs === 1));
  const beside = locations(samples.filter(({ jobs }) => jobs > 1));
  if (alone.length === 0 || beside.length === 0) return [];
  return [{ variant: samples[0]?.variant ?? '', alone, beside, ratio: Math.exp(median(beside) - median(alone)) }];
}

/** By the normal distribution, with half a pair taken off since counts are whole. */
function stratifiedP(strata: readonly Stratum[]): number {
  let excess = 0;
  let variance = 0;
  for (const { alone, beside } of strata) {
    const pairs = alone.length * beside.length;
    excess +=
      beside.reduce((sum, one) => sum + alone.reduce((wins, other) => wins + slower(one, other), 0), 0) - pairs / 2;
    variance += (pairs * (alone.length + beside.length + 1)) / 12;
  }
  const z = Math.max(0, Math.abs(excess) - 0.5) / Math.sqrt(variance);
  return 1 - errorFunction(z / Math.SQRT2);
}

function slower(one: number, other: number): number {
  return one === other ? 0.5 : Number(one > other);
}

/** What comes out when in every variant all boots of one kind are slower than all of the other. */
function smallestP(strata: readonly Stratum[]): number {
  const ways = strata.reduce(
    (sum, { alone, beside }) => sum + logChoose(alone.length + beside.length, alone.length),
    0,
  );
  return 2 * Math.exp(-ways);
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group) group.push(item);
    else found.set(keyOf(item), [item]);
  }
  return [...found.values()];
}
