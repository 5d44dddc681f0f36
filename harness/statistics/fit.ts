import { median } from 'simple-statistics';

import type { Phase, Sample } from '../vocabulary.ts';
import { burstsOf } from './bursts.ts';
import { groupBy } from './groups.ts';
import { type Estimate, type Line, leastSquares, MIN_VALUES_FOR_CI, type Point } from './least-squares.ts';
import { TCG_WARNING, VIRTUAL_WARNING } from './summary.ts';

/** The boots at one value of the parameter. */
interface FitPoint {
  readonly x: number;
  readonly boots: number;
  /** Median of the boots' own medians, in milliseconds. */
  readonly medianMs: number;
}

/** A latency as a straight line over a parameter. */
export interface Fit extends Pick<FitSeries, 'scenario' | 'latency' | 'against'> {
  readonly series: string;
  /** In the order of x. */
  readonly points: readonly FitPoint[];
  /**
   * Intercept (what the parameter does not explain) and residual SD in milliseconds, slope in milliseconds for each unit
   * of the parameter. Absent with samples at fewer than two values.
   */
  readonly line?: Line;
  /**
   * What each unit of the parameter adds to each phase, the most first. Least squares are linear, so with one sample a boot these
   * add up to the slope of the line. Empty without a line, and for operations that overlap, whose phases lie above each other.
   */
  readonly phases: readonly PhaseSlope[];
  /** What a reader has to know before believing the figures. */
  readonly warnings: readonly string[];
}

/** What a phase has of a slope, in milliseconds for each unit of the parameter. */
interface PhaseSlope {
  readonly phase: string;
  readonly slope: Estimate;
}

/** Below this many boots at a value, the interval of the slope holds the truth less often than it says: see `leastSquares`. */
const FEW_BOOTS = 5;

/**
 * One fit for each series, and each kind of device in it, that has a measured sample that was `ok`. The line goes through one
 * median per boot, because samples of one boot are not independent. A plug during the boot is in none: how long it takes
 * depends on when it was begun more than on anything else.
 */
export function fitLatencies(series: readonly FitSeries[], samples: readonly Sample[]): readonly Fit[] {
  return series.flatMap((one) => {
    const kinds = [...groupBy(measuresOf(one, samples), ({ devices }) => devices).values()];
    return kinds.map((own) => fitOf(one, own, kinds.length > 1 ? own[0]?.devices : undefined));
  });
}

/** @param devices what tells its devices apart from others of the same series */
function fitOf(series: FitSeries, own: readonly Measure[], devices: string | undefined): Fit {
  const boots = overBoots(series, own, ({ latencyMs }) => latencyMs);
  const points = pointsOf(boots);
  const line = points.length > 1 ? leastSquares(boots) : undefined;
  const { scenario, latency, against, name } = series;
  return {
    scenario,
    latency,
    against,
    series: devices === undefined ? name : `${name}, ${devices}`,
    points,
    ...(line && { line }),
    phases: line ? phaseSlopes(series, own) : [],
    warnings: [...lineWarnings(against, points, line), ...sampleWarnings(series, points, own)],
  };
}

function phaseSlopes(series: FitSeries, own: readonly Measure[]): readonly PhaseSlope[] {
  const names = [...new Set(own.flatMap(({ phases }) => phases.map(({ name }) => name)))];
  const durationIn = ({ phases }: Measure, wanted: string) =>
    phases.reduce((sum, { name, durationMs }) => (name === wanted ? sum + durationMs : sum), 0);
  return names
    .flatMap((phase) => {
      const line = leastSquares(overBoots(series, own, (measure) => durationIn(measure, phase)));
      return line ? [{ phase, slope: line.slope }] : [];
    })
    .toSorted((a, b) => b.slope.value - a.slope.value);
}

/** A point per boot: the parameter's value, and the median of what was measured in it. */
function overBoots(series: FitSeries, own: readonly Measure[], of: (measure: Measure) => number): readonly Point[] {
  return series.members.flatMap(({ variant, x }) =>
    bootMedians(
      own.filter((measure) => measure.variant === variant),
      x,
      of,
    ),
  );
}

/** Something that took time in a boot: an operation, or several that began together, until the last. */
interface Measure extends Pick<Sample, 'variant' | 'boot' | 'accelerator' | 'clock'> {
  /** Their kind, or kinds; empty for a boot. */
  readonly devices: string;
  readonly latencyMs: number;
  /** Empty for several that began together. */
  readonly phases: readonly Phase[];
}

function measuresOf({ scenario, latency, members }: FitSeries, samples: readonly Sample[]): readonly Measure[] {
  const variants = new Set(members.map(({ variant }) => variant));
  // Boot 0 of a variant that starts from a snapshot boots from the firmware on: it is no boot like the others of its variant.
  const own = samples.filter(
    (sample) =>
      sample.scenario === scenario &&
      variants.has(sample.variant) &&
      sample.boot > 0 &&
      !sample.warmup &&
      sample.offsetMs === undefined,
  );
  if (latency !== 'last-plug' && latency !== 'last-unplug') {
    return own.flatMap(({ variant, boot, accelerator, clock, operation, device, latencyMs, phases }) =>
      operation === latency && latencyMs !== undefined
        ? [{ variant, boot, accelerator, clock, devices: device, latencyMs, phases }]
        : [],
    );
  }
  const byVariant = [...groupBy(own, ({ variant }) => variant).values()];
  return byVariant.flatMap((ofVariant) => {
    const [{ variant, accelerator, clock }] = ofVariant as [Sample];
    return burstsOf(ofVariant, latency === 'last-plug' ? 'plug' : 'unplug').flatMap(({ boot, devices, lastMs }) =>
      lastMs === undefined ? [] : [{ variant, boot, accelerator, clock, devices, latencyMs: lastMs, phases: [] }],
    );
  });
}

/** The same for the boots of one variant. */
function bootMedians(measures: readonly Measure[], x: number, of: (measure: Measure) => number): readonly Point[] {
  return [...new Set(measures.map(({ boot }) => boot))].map((boot) => ({
    x,
    y: median(measures.flatMap((measure) => (measure.boot === boot ? [of(measure)] : []))),
  }));
}

function pointsOf(boots: readonly Point[]): readonly FitPoint[] {
  const values = [...new Set(boots.map(({ x }) => x))].toSorted((a, b) => a - b);
  return values.map((x) => {
    const medians = boots.flatMap((boot) => (boot.x === x ? [boot.y] : []));
    return { x, boots: medians.length, medianMs: median(medians) };
  });
}

function lineWarnings(against: string, points: readonly FitPoint[], line: Line | undefined): readonly string[] {
  if (!line) return [`good samples at one value of ${against} only: no line`];
  if (line.slope.ci95) return [];
  if (points.length < MIN_VALUES_FOR_CI) {
    return [`${points.length} values of ${against}: a line goes through any two, so it has no interval`];
  }
  return [`one value of ${against} is so far from the others that it carries the line alone: it has no interval`];
}

function sampleWarnings(
  { members }: FitSeries,
  points: readonly FitPoint[],
  samples: readonly Measure[],
): readonly string[] {
  const warnings: string[] = [];
  const missing = members.filter(({ variant }) => !samples.some((s) => s.variant === variant));
  if (missing.length > 0) warnings.push(`without a good sample: ${missing.map(({ variant }) => variant).join(', ')}`);
  const fewest = Math.min(...points.map(({ boots }) => boots));
  if (fewest < FEW_BOOTS) {
    warnings.push(`${fewest} ${fewest === 1 ? 'boot' : 'boots'} at a value: intervals are rough below ${FEW_BOOTS}`);
  }
  if (samples.some(({ clock }) => clock === 'virtual')) warnings.push(VIRTUAL_WARNING);
  else if (samples.some(({ accelerator }) => accelerator === 'tcg')) warnings.push(TCG_WARNING);
  return warnings;
}

/**
 * What can be fitted: the latency of an operation, or the time until the last of several that began together has ended,
 * counted from the first command.
 */
export const FITTED_LATENCIES = [
  'boot',
  'start',
  'plug',
  'unplug',
  'last-plug',
  'last-unplug',
  'until-usable',
] as const;

type FittedLatency = (typeof FITTED_LATENCIES)[number];

/** Variants that are alike but for one number, over which a latency is to be fitted as a straight line. */
export interface FitSeries {
  readonly scenario: string;
  readonly latency: FittedLatency;
  /** The kernel parameter, topology option or setting that differs. */
  readonly against: string;
  /** Unique within its scenario, latency and `against`: the topology, and what else tells its series apart. */
  readonly name: string;
  /** At least two different values. */
  readonly members: readonly { readonly variant: string; readonly x: number }[];
}
