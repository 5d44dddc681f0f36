import type { OperationName } from '../../harness/vocabulary.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { hasFailed, isAbout, isGood } from '../model/rows.ts';
import { styleOf } from '../palette.ts';
import { list, msOf, percent, times, unitOf } from '../words.ts';
import { type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';
import { axisOf } from './latency.ts';
import { logEnds } from './log-ticks.ts';
import { type Measured, measuredVariants } from './ranking.ts';

/** Steps of a drawn curve: finer ones are narrower than the line. */
const MAX_STEPS = 50;
/** A curve of fewer says nothing that the dots do not. */
const LEAST_SAMPLES = 3;

/**
 * The share of the operations tried that had ended after a time, by variant (empirical distribution function). One that
 * failed never ends, so the curve of a variant with failures stays below 100 %.
 */
export function ecdfChart(scenario: ScenarioPart, operation: OperationName): Chart | undefined {
  const measured = measuredVariants(scenario, operation);
  const curves = measured.map(({ variant, row, operation: part }) => {
    const own = scenario.samples.filter((s) => s.variant === variant.index && isAbout(part, s));
    const sorted = own
      .filter(isGood)
      .map(({ latencyMs }) => latencyMs)
      .toSorted((a, b) => a - b);
    return { variant, row, sorted, tried: sorted.length + own.filter(hasFailed).length };
  });
  if (!curves.some(({ sorted }) => sorted.length >= LEAST_SAMPLES)) return undefined;
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const ends = measured.flatMap(({ latency }) => [latency.minMs, latency.maxMs]);
  const labels = measured.map(({ row }) => row);
  const styles = measured.map(({ variant }) => styleOf(variant.look));
  const curve = { field: 'row', type: 'nominal', legend: null } as const;
  return {
    id: `${scenario.slug}-ecdf-${operation}`,
    title: `${operation}: share of those tried that had ended`,
    caption: [captionOf(measured, operation, ms), endsOf(curves)].filter((text) => text !== '').join(' '),
    alternative: `Empirical distribution of ${operation} latencies. ${measured.map(({ row, latency, operation: { failures, tried } }) => `${row}: ${distributionWords(latency, failures, tried, ms)}`).join('; ')}.`,
    spec: {
      ...COMMON,
      height: 260,
      params: [HIDDEN_PARAMETER],
      data: { name: 'steps' },
      transform: withoutHidden,
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, tooltip: false },
      encoding: {
        x: {
          field: 'ms',
          type: 'quantitative',
          title: `${operation} latency, ${unitOf(clock)}`,
          scale: { type: 'log', nice: false, padding: 12, ...logEnds(ends) },
          axis: axisOf(ends),
        },
        y: {
          field: 'share',
          type: 'quantitative',
          title: 'share of those tried',
          axis: { format: '.0%', tickCount: 5 },
          scale: { domain: [0, 1] },
        },
        color: { ...curve, scale: { domain: labels, range: styles.map(({ colour }) => colour) } },
        strokeDash: { ...curve, scale: { domain: labels, range: styles.map(({ dash }) => [...dash]) } },
      },
    },
    data: {
      steps: curves.flatMap(({ variant, row, sorted, tried }) => {
        return steps(sorted, tried, Math.max(...ends)).map((step): Row => ({ ...step, variant: variant.label, row }));
      }),
    },
    switchable: 'x',
    files: ['samples.csv'],
    isInteractive: true,
  };
}

/** The curve from 0 at the first sample to the share of those tried at the last good one, and on to `endMs` where that is below 1. */
function steps(
  sorted: readonly number[],
  tried: number,
  endMs: number,
): readonly { readonly ms: number; readonly share: number }[] {
  const n = sorted.length;
  const kept = Math.min(n, MAX_STEPS);
  const first = sorted[0];
  if (first === undefined) return [];
  const points = Array.from({ length: kept }, (_, step) => {
    const index = kept === 1 ? 0 : Math.round((step * (n - 1)) / (kept - 1));
    return { ms: rounded(sorted[index] ?? first), share: rounded((index + 1) / tried) };
  });
  const flat = n < tried ? [{ ms: rounded(endMs), share: rounded(n / tried) }] : [];
  return [{ ms: rounded(first), share: 0 }, ...points, ...flat];
}

/** As exact as a drawing can show. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function distributionWords(
  { p50Ms, p90Ms, maxMs }: Measured['latency'],
  failures: number,
  tried: number,
  ms: (value: number) => string,
): string {
  const within = [
    ...(p50Ms === undefined ? [] : [`half within ${ms(p50Ms)}`]),
    ...(p90Ms === undefined ? [] : [`90 % within ${ms(p90Ms)}`]),
  ];
  const end =
    failures === 0 ? `all within ${ms(maxMs)}` : `${failures} of ${tried} failed, the others within ${ms(maxMs)}`;
  return [...within, end].join(', ');
}

/** Where curves end below 100 %, and why. */
function endsOf(
  curves: readonly { readonly row: string; readonly sorted: readonly number[]; readonly tried: number }[],
): string {
  const below = curves
    .filter(({ sorted, tried }) => sorted.length < tried)
    .map(
      ({ row, sorted, tried }) =>
        `${row}'s at ${percent(sorted.length / tried)} (${tried - sorted.length} of ${tried})`,
    );
  return below.length === 0 ? '' : `Curves end where the rest failed: ${list(below, MAX_NAMED)}.`;
}

/** Variants that a caption names. */
const MAX_NAMED = 5;

/** A 95th percentile that is no further above its median is no scatter to speak of. */
const STEADY = 1.01;

function captionOf(measured: readonly Measured[], operation: OperationName, ms: (value: number) => string): string {
  const spread = measured
    .flatMap(({ row, latency: { p50Ms, p95Ms } }) =>
      p50Ms === undefined || p95Ms === undefined ? [] : [{ name: row, ratio: p95Ms / p50Ms, p95Ms }],
    )
    .toSorted((a, b) => b.ratio - a.ratio);
  const [widest] = spread;
  const narrowest = spread.at(-1);
  if (!widest || !narrowest) return '';
  if (widest.ratio < STEADY) {
    return `All are steady: no 95th percentile is 1 % above its median, ${widest.name}'s ${ms(widest.p95Ms)} the furthest.`;
  }
  const steepest =
    widest === narrowest
      ? ''
      : ` ${narrowest.name} is the steadiest: its 95th percentile is ${times(narrowest.ratio)} its median.`;
  return (
    `${widest.name} scatters the most when it ${operation}s: its ` +
    `95th percentile, ${ms(widest.p95Ms)}, is ${times(widest.ratio)} its median.${steepest}`
  );
}
