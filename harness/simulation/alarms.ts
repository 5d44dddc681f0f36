import { mean, median } from 'simple-statistics';
import { compareAll } from '../statistics/compare.ts';
import { DEFAULT_THRESHOLD, type MeasuredPair, type MeasuredSide, type Verdict } from '../statistics/comparison.ts';
import { welchTest } from '../statistics/location-test.ts';
import type { Noise } from './noise.ts';

/** What a simulation of many comparisons came to. */
export interface Alarms {
  /** Pairs of runs compared. */
  readonly pairs: number;
  /** Of them, those with any metric called `regressed` or `improved` that had not changed. */
  readonly falseAlarms: number;
  /** Of them, those in which the metric that had become slower was called `regressed`. */
  readonly found: number;
  /** The same for Welch's t test on the boots' medians, with Bonferroni's correction to one false alarm in a hundred. */
  readonly foundByWelch: number;
}

export interface AlarmSimulation {
  readonly noise: Noise;
  readonly boots: number;
  readonly pairs: number;
  /** Ratio by which the first of the metrics has become slower; 1: no change. */
  readonly slowdown: number;
}

/** Metrics compared in one go: the verdict of one is corrected for all. */
export const METRICS = 20;
export const CYCLES = 4;

const ALARMS: readonly Verdict[] = ['regressed', 'improved'];

/** Compares pairs of runs as `bench compare` does, with default settings. */
export function simulateAlarms({ noise, boots, pairs, slowdown }: AlarmSimulation): Alarms {
  let falseAlarms = 0;
  let found = 0;
  let foundByWelch = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const measured = Array.from({ length: METRICS }, (_, metric) =>
      measuredPair(metric, noise, boots, metric === 0 ? slowdown : 1),
    );
    const [first, ...others] = compareAll(measured).map(({ verdict }) => verdict);
    const unchanged = slowdown === 1 && first ? [first, ...others] : others;
    if (unchanged.some((verdict) => ALARMS.includes(verdict))) falseAlarms += 1;
    if (slowdown > 1 && first === 'regressed') found += 1;
    if (slowdown > 1 && isFoundByWelch(measured[0])) foundByWelch += 1;
  }
  return { pairs, falseAlarms, found, foundByWelch };
}

/** Two-sided at 1 % over all metrics, and so half of that upwards. */
const WELCH_LEVEL = 0.01 / METRICS / 2;

function isFoundByWelch(pair: MeasuredPair | undefined): boolean {
  if (!pair?.current) return false;
  const [base, current] = [pair.base, pair.current].map(({ latenciesMs }) =>
    Float64Array.from(latenciesMs, (own) => median([...own])),
  ) as [Float64Array, Float64Array];
  return mean([...current]) > mean([...base]) && welchTest(base, current) <= WELCH_LEVEL;
}

function measuredPair(metric: number, noise: Noise, boots: number, slowdown: number): MeasuredPair {
  const current = noise.latencies(boots, CYCLES).map((own) => own.map((ms) => ms * slowdown));
  return {
    metric: { scenario: 'simulated', variant: `metric-${metric}`, operation: 'plug' },
    base: side('base', noise.latencies(boots, CYCLES)),
    current: side('current', current),
    threshold: DEFAULT_THRESHOLD,
  };
}

function side(label: string, latenciesMs: number[][]): MeasuredSide {
  const boots = latenciesMs.length;
  return {
    label,
    conditions: {},
    samples: boots * CYCLES,
    failures: 0,
    boots,
    failedBoots: 0,
    latenciesMs,
    phases: [],
  };
}
