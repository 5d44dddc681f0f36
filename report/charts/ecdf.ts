import type { OperationName } from '../../harness/vocabulary.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { isAbout, isGood } from '../model/rows.ts';
import { styleOf } from '../palette.ts';
import { msOf, times, unitOf } from '../words.ts';
import { type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';
import { axisOf } from './latency.ts';
import { logEnds } from './log-ticks.ts';
import { measuredVariants } from './ranking.ts';

/** Steps of a drawn curve: finer ones are narrower than the line. */
const MAX_STEPS = 50;
/** A curve of fewer says nothing that the dots do not. */
const LEAST_SAMPLES = 3;

/** The share of an operation's samples that had ended after a time, by variant (empirical distribution function). */
export function ecdfChart(scenario: ScenarioPart, operation: OperationName): Chart | undefined {
  const measured = measuredVariants(scenario, operation);
  const curves = measured.map(({ variant, row, operation: part }) => ({
    variant,
    row,
    sorted: scenario.samples
      .filter(isGood)
      .flatMap((s) => (s.variant === variant.index && isAbout(part, s) ? [s.latencyMs] : []))
      .toSorted((a, b) => a - b),
  }));
  if (!curves.some(({ sorted }) => sorted.length >= LEAST_SAMPLES)) return undefined;
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const ends = measured.flatMap(({ latency }) => [latency.minMs, latency.maxMs]);
  const labels = measured.map(({ row }) => row);
  const styles = measured.map(({ variant }) => styleOf(variant.look));
  const curve = { field: 'row', type: 'nominal', legend: null } as const;
  return {
    id: `${scenario.slug}-ecdf-${operation}`,
    title: `${operation}: share of samples that had ended`,
    caption: captionOf(measured, operation, ms),
    alternative: `Empirical distribution of ${operation} latencies. ${measured.map(({ row, latency }) => `${row}: half within ${ms(latency.p50Ms)}, 90 % within ${ms(latency.p90Ms)}, all within ${ms(latency.maxMs)}`).join('; ')}.`,
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
          title: 'share of samples',
          axis: { format: '.0%', tickCount: 5 },
          scale: { domain: [0, 1] },
        },
        color: { ...curve, scale: { domain: labels, range: styles.map(({ colour }) => colour) } },
        strokeDash: { ...curve, scale: { domain: labels, range: styles.map(({ dash }) => [...dash]) } },
      },
    },
    data: {
      steps: curves.flatMap(({ variant, row, sorted }) => {
        return steps(sorted).map((step): Row => ({ ...step, variant: variant.label, row }));
      }),
    },
    switchable: 'x',
    files: ['samples.csv'],
    isInteractive: true,
  };
}

/** The curve from 0 at the first sample to 1 at the last. */
function steps(sorted: readonly number[]): readonly { readonly ms: number; readonly share: number }[] {
  const n = sorted.length;
  const kept = Math.min(n, MAX_STEPS);
  const first = sorted[0];
  if (first === undefined) return [];
  const points = Array.from({ length: kept }, (_, step) => {
    const index = kept === 1 ? 0 : Math.round((step * (n - 1)) / (kept - 1));
    return { ms: rounded(sorted[index] ?? first), share: rounded((index + 1) / n) };
  });
  return [{ ms: rounded(first), share: 0 }, ...points];
}

/** As exact as a drawing can show. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** A 95th percentile that is no further above its median is no scatter to speak of. */
const STEADY = 1.01;

function captionOf(
  measured: ReturnType<typeof measuredVariants>,
  operation: OperationName,
  ms: (value: number) => string,
): string {
  const spread = measured
    .map(({ row, latency }) => ({ name: row, ratio: latency.p95Ms / latency.p50Ms, latency }))
    .toSorted((a, b) => b.ratio - a.ratio);
  const [widest] = spread;
  const narrowest = spread.at(-1);
  if (!widest || !narrowest) return '';
  if (widest.ratio < STEADY) {
    return `All are steady: no 95th percentile is 1 % above its median, ${widest.name}'s ${ms(widest.latency.p95Ms)} the furthest.`;
  }
  const steepest =
    widest === narrowest
      ? ''
      : ` ${narrowest.name} is the steadiest: its 95th percentile is ${times(narrowest.ratio)} its median.`;
  return (
    `${widest.name} scatters the most when it ${operation}s: its ` +
    `95th percentile, ${ms(widest.latency.p95Ms)}, is ${times(widest.ratio)} its median.${steepest}`
  );
}
