import { mean, median } from 'simple-statistics';
import { ASSUMED_BETWEEN_RUNS, type BetweenRuns, learnBetweenRuns } from '../statistics/between-runs.ts';
import { compareAll } from '../statistics/compare.ts';
import { DEFAULT_THRESHOLD, type MeasuredPair, type MeasuredSide, type Verdict } from '../statistics/comparison.ts';
import { ERROR_BUDGET, shareOfError } from '../statistics/error-budget.ts';
import { welchTest } from '../statistics/location-test.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { studentTTail } from '../statistics/student-t-tail.ts';
import { normalNumbers } from './noise.ts';

/** How one metric comes about. Standard deviations are on the logarithmic scale. */
export interface NightModel {
  readonly boots: number;
  readonly cycles: number;
  /** Between runs of the same thing. */
  readonly between: number;
  /** Between boots of a run, 3 % where it is absent, and between samples of a boot, 5 %. */
  readonly boot?: number;
  readonly sample?: number;
  /** How much of a night is that of the night before (AR(1)). */
  readonly dependence?: number;
  /** Every other boot is slower by this share as a whole. */
  readonly secondMode?: number;
  /** This share of the samples takes ten times as long. */
  readonly spikes?: number;
  /** From a run's first boot to its last, latencies grow by this share. */
  readonly drift?: number;
  /** A wait of 5 s by the timer wheel: what is waited beyond is the same for all boots of a run (`run`), or each sample's own. */
  readonly wheel?: 'run' | 'sample';
}

/** Two runs of the same thing, after `history` earlier ones. */
export interface PairSimulation extends NightModel {
  /** Earlier runs, from which it is learnt how much runs differ; 0: nothing is known. */
  readonly history: number;
  /** Boots of both are interleaved in one run, so that there is nothing between them. */
  readonly interleaved?: boolean;
  readonly pairs: number;
  readonly seed: number;
  /** By what share the first of the metrics is slower in the newer run. */
  readonly slowdown?: number;
  /** Share of the operations of the first metric's newer run that take twice as long: 0.05 in the older one. */
  readonly slowShare?: number;
}

export interface PairCounts {
  readonly pairs: number;
  /** Pairs with an alarm (`regressed`, `improved`, `failing`) about a metric that had not changed. */
  readonly falseAlarms: number;
  /** Pairs in which the first metric was called `regressed`. */
  readonly found: number;
  /** Pairs in which the first metric was called `unchanged`. */
  readonly unchanged: number;
  /**
   * The same, at the same error, by what a statistician would reach for: Welch's t test of the boots' medians where both
   * sides are interleaved, else the t test of a mixed model whose variance of runs comes from the metric's own history.
   */
  readonly foundByUsual: number;
}

/** Metrics compared in one go: the verdict of one is corrected for all. */
export const METRICS = 20;
const BASE_MS = 100;
/** Steps of the timer wheel for waits of 5 s at 250 Hz (kernel/time/timer.c). */
const WHEEL_MS = 256;
const ALARMS: readonly Verdict[] = ['regressed', 'improved', 'failing'];

/** Compares pairs of runs as `bench compare` does, with default settings. */
export function simulatePairs(simulation: PairSimulation): PairCounts {
  const { pairs, seed, history, slowdown = 0, slowShare } = simulation;
  const draw = drawing(simulation, seed);
  let [falseAlarms, found, unchanged, foundByUsual] = [0, 0, 0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    const levels = draw.nights(history + 2);
    const learnt = learnFrom(levels.slice(0, history), simulation, draw.latencies);
    const measured = Array.from({ length: METRICS }, (_, metric): MeasuredPair => {
      const isChanged = metric === 0;
      const [before = 0, now = 0] = levels.slice(history).map((night) => night[metric] ?? 0);
      const base = draw.latencies(before, isChanged && slowShare !== undefined ? 0.05 : 0);
      const current = draw.latencies(now + (isChanged ? Math.log1p(slowdown) : 0), isChanged ? (slowShare ?? 0) : 0);
      return {
        metric: { scenario: 'simulated', variant: `metric-${metric}`, operation: 'plug' },
        base: side('base', base),
        current: side('current', current),
        threshold: DEFAULT_THRESHOLD,
        ...(!simulation.interleaved && { betweenRuns: learnt.together[metric] ?? ASSUMED_BETWEEN_RUNS }),
      };
    });
    if (isFoundByUsual(measured[0], learnt.own[0])) foundByUsual += 1;
    const [first, ...others] = compareAll(measured).map(({ verdict }) => verdict);
    const hasChanged = slowdown !== 0 || slowShare !== undefined;
    const same = first === undefined || hasChanged ? others : [first, ...others];
    if (same.some((verdict) => ALARMS.includes(verdict))) falseAlarms += 1;
    if (first === 'regressed') found += 1;
    if (first === 'unchanged') unchanged += 1;
  }
  return { pairs, falseAlarms, found, unchanged, foundByUsual };
}

function drawing(model: NightModel, seed: number) {
  const random = seededRandom(seed);
  const normal = normalNumbers(random);
  const { boots, cycles, between, boot = 0.03, sample = 0.05, dependence = 0 } = model;
  const { secondMode = 0, spikes = 0, drift = 0, wheel } = model;
  return {
    /** Levels of all metrics, night by night. */
    nights: (count: number): readonly (readonly number[])[] => {
      let state = Array.from({ length: METRICS }, normal);
      return Array.from({ length: count }, () => {
        state = state.map((value) => dependence * value + Math.sqrt(1 - dependence ** 2) * normal());
        return state.map((value) => between * value);
      });
    },
    latencies: (level: number, slowShare: number): number[][] => {
      const ofRun = random();
      return Array.from({ length: boots }, (_, index) => {
        const mode = random() < 0.5 ? 1 : 1 + secondMode;
        const own = Math.exp(level + boot * normal()) * mode * (1 + (drift * index) / boots);
        return Array.from({ length: cycles }, () => {
          const base = wheel ? 5000 + WHEEL_MS * (wheel === 'run' ? ofRun : random()) : 0;
          const factor = random() < spikes ? 10 : random() < slowShare ? 2 : 1;
          return base + BASE_MS * own * Math.exp(sample * normal()) * factor;
        });
      });
    },
  };
}

/** What the history teaches of all metrics together, and of each alone. */
function learnFrom(
  nights: readonly (readonly number[])[],
  { boots }: NightModel,
  latencies: (level: number, slowShare: number) => number[][],
) {
  if (nights.length === 0) return { together: [], own: [] };
  const series = Array.from({ length: METRICS }, (_, metric) => ({
    boots,
    stretches: [nights.map((night) => Math.log(median(latencies(night[metric] ?? 0, 0).flat())))],
  }));
  return { together: learnBetweenRuns(series), own: series.map((one) => learnBetweenRuns([one])[0]) };
}

const LEVEL = (ERROR_BUDGET.latency * shareOfError(true)) / METRICS;

function isFoundByUsual(pair: MeasuredPair | undefined, own: BetweenRuns | undefined): boolean {
  if (!pair?.current) return false;
  const [base, current] = [pair.base, pair.current].map(({ latenciesMs }) =>
    Float64Array.from(latenciesMs, (boot) => Math.log(median([...boot]))),
  ) as [Float64Array, Float64Array];
  const difference = mean([...current]) - mean([...base]);
  if (difference <= 0) return false;
  if (!pair.betweenRuns) return welchTest(base, current) <= LEVEL;
  return own !== undefined && studentTTail(difference / (Math.SQRT2 * own.sd), own.degrees) / 2 <= LEVEL;
}

function side(label: string, latenciesMs: number[][]): MeasuredSide {
  const failed = latenciesMs.map((own) => ({ count: 0, tried: own.length }));
  return { label, conditions: {}, runs: 1, failed, notTried: 0, latenciesMs, phases: [] };
}
