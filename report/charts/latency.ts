import type { OperationName } from '../../harness/vocabulary.ts';
import { quantileText } from '../format.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { OperationPart, ScenarioPart } from '../model/report-model.ts';
import { isGood, rowOfSample } from '../model/rows.ts';
import { styleOf } from '../palette.ts';
import { count, interval, labelOf, list, msOf, unitOf } from '../words.ts';
import { CHART_WIDTH, type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';
import { jitterOf, mergeDots } from './dots.ts';
import { logEnds, logTicks } from './log-ticks.ts';
import { longer, type Measured, measuredVariants, type Ranking, rankings, withoutRank } from './ranking.ts';

/** Dots that the drawing may have; the interactive chart shows every sample. */
const MAX_DOTS = 450;
/** Above these, dots are drawn smaller and let each other through. */
const MANY_DOTS = 120;
const ROW_HEIGHT = 30;
/** Variants that a caption names. */
const MAX_NAMED = 5;
/** Pixels right of the plot in which the medians stand as a column of figures. */
const MEDIAN_COLUMN = 72;

/** Every latency of an operation as a dot, by variant, with median, interval and deadline. Nothing without a good sample. */
export function latencyChart(scenario: ScenarioPart, operation: OperationName): Chart | undefined {
  const measured = measuredVariants(scenario, operation);
  if (measured.length === 0) return undefined;
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const isRight = deadlinesLieRight(measured);
  const dots = sampleRows(scenario, operation);
  const deadlines = [...new Set(measured.flatMap(({ operation: { deadline } }) => deadline?.limitMs ?? []))];
  const ends = [...measured.flatMap(({ latency }) => [latency.minMs, latency.maxMs]), ...deadlines];
  const x = {
    field: 'ms',
    type: 'quantitative',
    title: `${operation} latency, ${unitOf(clock)}`,
    scale: { type: 'log', nice: false, padding: 14, ...logEnds(ends) },
    axis: axisOf(ends),
  } as const;
  const labels = measured.map(({ row }) => row);
  const y = { field: 'row', type: 'nominal', title: null, scale: { domain: labels } } as const;
  return {
    id: `${scenario.slug}-latency-${operation}`,
    title: `${operation}: latency of each variant, and its median`,
    caption: captionOf(scenario, measured, operation),
    alternative: `${operation} latencies by variant. ${measured.map(({ row, latency, operation }) => `${row}: median ${medianWords(operation, latency, clock)}, from ${ms(latency.minMs)} to ${ms(latency.maxMs)}`).join('; ')}.`,
    spec: {
      ...COMMON,
      height: { step: ROW_HEIGHT },
      params: [HIDDEN_PARAMETER],
      layer: [
        {
          data: { name: 'deadlines' },
          mark: { type: 'rule', strokeDash: [5, 4], color: 'var(--bad)', strokeWidth: 1.5 },
          encoding: { x: { field: 'ms', type: 'quantitative' } },
        },
        {
          data: { name: 'deadlines' },
          mark: { type: 'text', align: isRight ? 'right' : 'left', dx: isRight ? 4 : -4, y: -8, color: 'var(--bad)' },
          encoding: { x: { field: 'ms', type: 'quantitative' }, text: { field: 'label', type: 'nominal' } },
        },
        {
          data: { name: 'samples' },
          transform: withoutHidden,
          params: [{ name: 'brush', select: { type: 'interval', encodings: ['x', 'y'] } }],
          mark: {
            type: 'point',
            filled: true,
            ...(dots.length > MANY_DOTS ? { size: 26, opacity: 0.5 } : { size: 58, opacity: 0.8 }),
          },
          encoding: {
            x,
            y,
            yOffset: { field: 'jitter', type: 'quantitative', scale: { domain: [-1.6, 1.6] } },
            color: { field: 'colour', type: 'nominal', scale: null },
            shape: { field: 'shape', type: 'nominal', scale: null },
            tooltip: { field: 'tip', type: 'nominal' },
          },
        },
        {
          data: { name: 'medians' },
          transform: withoutHidden,
          mark: { type: 'rule', color: 'var(--ink)', strokeWidth: 3, opacity: 0.85 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
        {
          data: { name: 'medians' },
          transform: withoutHidden,
          mark: { type: 'tick', color: 'var(--ink)', thickness: 2.5, size: 20 },
          encoding: { x, y, tooltip: { field: 'tip', type: 'nominal' } },
        },
        {
          data: { name: 'figures' },
          transform: withoutHidden,
          mark: { type: 'text', x: 'width', align: 'right', dx: MEDIAN_COLUMN, fontWeight: 600 },
          encoding: { y, text: { field: 'label', type: 'nominal' } },
        },
      ],
      resolve: { scale: { color: 'independent', shape: 'independent' } },
    },
    data: {
      samples: dots,
      medians: measured.flatMap((one) => medianRow(one, clock)),
      figures: measured.map((one) => figureRow(one, clock)),
      deadlines: deadlines.map((limitMs) => ({ ms: limitMs, label: `deadline ${ms(limitMs)}` })),
    },
    everySample: { source: 'samples', scenario: scenario.slug, operation },
    switchable: 'x',
    files: ['samples.csv', 'summary.json'],
    isInteractive: true,
  };
}

function sampleRows({ samples, variants }: ScenarioPart, operation: OperationName): readonly Row[] {
  const good = samples
    .filter(isGood)
    .filter((sample) => sample.operation === operation)
    .map((sample) => ({
      sample,
      ms: sample.latencyMs,
      jitter: jitterOf(sample.order),
      variant: sample.variant,
    }));
  const logs = good.map((sample) => Math.log(sample.ms));
  const least = logs.reduce((a, b) => Math.min(a, b), Infinity);
  const range = logs.reduce((a, b) => Math.max(a, b), -Infinity) - least || 1;
  const dots = good.map((sample) => ({
    ...sample,
    x: (Math.log(sample.ms) - least) / range,
    y: (sample.variant + (sample.jitter + 1) / 2) / variants.length,
  }));
  return mergeDots(dots, MAX_DOTS, (variants.length * ROW_HEIGHT) / CHART_WIDTH).map(({ dot }) => {
    const variant = variants[dot.variant];
    const { colour, shape } = styleOf(variant?.look ?? 0);
    const row = variant ? rowOfSample(variant, dot.sample) : '';
    return { variant: variant?.label ?? '', row, ms: dot.ms, jitter: dot.jitter, colour, shape, tip: '' };
  });
}

/** Whether a deadline's label has more room on its left. */
function deadlinesLieRight(measured: readonly Measured[]): boolean {
  const limits = measured.flatMap(({ operation: { deadline } }) => (deadline ? [Math.log(deadline.limitMs)] : []));
  const low = Math.log(Math.min(...measured.map(({ latency }) => latency.minMs)));
  const high = Math.log(Math.max(...measured.map(({ latency }) => latency.maxMs)));
  return Math.max(...limits) > (low + Math.max(high, ...limits)) / 2;
}

/** Fewer ticks than Vega would set on a logarithmic axis, where there are enough of them. */
export function axisOf(
  values: readonly number[],
): { values: number[]; format: string } | { tickCount: number; format: string } {
  const ticks = logTicks(values);
  return ticks ? { values: ticks, format: '~r' } : { tickCount: 8, format: '~r' };
}

/** The figure beside a row, which is there when there is no median to draw, too. */
function figureRow({ variant, row, operation, latency }: Measured, clock: string): Row {
  const { p50Ms } = latency;
  const label = p50Ms === undefined ? quantileText(p50Ms, operation.censored) : labelOf(p50Ms, clock);
  return { variant: variant.label, row, label };
}

function medianWords({ censored }: OperationPart, { p50Ms }: Measured['latency'], clock: string): string {
  return p50Ms === undefined ? `${quantileText(p50Ms, censored)} ${unitOf(clock)}` : msOf(clock)(p50Ms);
}

/** Nothing where the median is not known. */
function medianRow({ variant, row, operation, latency }: Measured, clock: string): readonly Row[] {
  const ms = msOf(clock);
  const { p50Ms, p50Ci95, maxMs, minMs, p95Ms } = latency;
  if (p50Ms === undefined) return [];
  const tail = `${quantileText(p95Ms, operation.censored)} ${unitOf(clock)}`;
  return [
    {
      variant: variant.label,
      row,
      ms: p50Ms,
      low: p50Ci95?.low ?? p50Ms,
      high: p50Ci95?.high ?? p50Ms,
      tip: [
        row,
        `median ${ms(p50Ms)}${p50Ci95 ? `, ${interval(p50Ci95)}` : ''}`,
        `95th percentile ${tail}; ${ms(minMs)} to ${ms(maxMs)}`,
        `${count(operation.samples, 'sample')} of ${count(operation.boots, 'boot')}`,
      ].join('\n'),
    },
  ];
}

function captionOf(scenario: ScenarioPart, measured: readonly Measured[], operation: OperationName): string {
  const ranked = rankings(scenario, operation);
  const ratios = ranked.flatMap((ranking) =>
    [ratioSentence(ranking, clockOf(scenario)), withoutRank(ranking.unranked)].filter((text) => text !== ''),
  );
  const late = measured.flatMap(({ row, operation: { deadline } }) =>
    deadline && deadline.missed > 0 ? [`${row} (${deadline.missed} of its samples)`] : [],
  );
  const missed = late.length > 0 ? ` Late, over the deadline: ${list(late, MAX_NAMED)}.` : '';
  return `${ratios.join(' ')}${missed} Dots are samples, the upright line is the median${
    measured.some(({ latency }) => latency.p50Ci95) ? ', the bar through it its 95 % interval' : ''
  }.`;
}

function ratioSentence({ what, ranked }: Ranking, clock: string): string {
  const ms = msOf(clock);
  const [fastest] = ranked;
  const slowest = ranked.at(-1);
  if (!fastest || !slowest) return '';
  if (fastest === slowest) return `${fastest.row} takes ${ms(fastest.medianMs)} at the median to ${what}.`;
  return (
    `${fastest.row} is the fastest to ${what}, ${ms(fastest.medianMs)} at the median; ` +
    `${slowest.row} takes ${ms(slowest.medianMs)}, ${longer(slowest.medianMs / fastest.medianMs)}.`
  );
}
