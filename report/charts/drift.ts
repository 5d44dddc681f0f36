import type { OperationName } from '../../harness/vocabulary.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { type GoodSample, isGood, rowOfSample } from '../model/rows.ts';
import type { SampleRow } from '../model/sample-row.ts';
import { styleOf } from '../palette.ts';
import { msOf, times, unitOf } from '../words.ts';
import { CHART_WIDTH, type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';
import { mergeDots } from './dots.ts';
import { axisOf } from './latency.ts';
import { logEnds } from './log-ticks.ts';
import { measuredVariants } from './ranking.ts';

const MAX_DOTS = 400;
const HEIGHT = 260;
/** Of a variant: fewer show no course of time. */
const LEAST_SAMPLES = 3;

/** Latencies in order of execution: whether the host, or the guest within a boot, changed while it was measured. */
export function driftChart(scenario: ScenarioPart, operation: OperationName): Chart | undefined {
  const good = scenario.samples.filter(isGood).filter((sample) => sample.operation === operation);
  const most = measuredVariants(scenario, operation).map((one) => one.operation.samples);
  if (good.length < LEAST_SAMPLES || Math.max(0, ...most) < LEAST_SAMPLES) return undefined;
  const latencies = good.map(({ latencyMs }) => latencyMs);
  return {
    id: `${scenario.slug}-drift-${operation}`,
    title: `${operation}: latency in order of execution`,
    caption: captionOf(scenario, operation, good),
    alternative: `${good.length} ${operation} latencies in order of execution.`,
    spec: {
      ...COMMON,
      height: HEIGHT,
      params: [HIDDEN_PARAMETER, { name: 'brush', select: { type: 'interval', encodings: ['x', 'y'] } }],
      data: { name: 'samples' },
      transform: withoutHidden,
      mark: { type: 'point', filled: true, size: 40, opacity: 0.75 },
      encoding: {
        x: {
          field: 'order',
          type: 'quantitative',
          title: 'order of execution within the run',
          scale: { zero: false, nice: false, padding: 10 },
          axis: { tickCount: 8, grid: false },
        },
        y: {
          field: 'ms',
          type: 'quantitative',
          title: `${operation} latency, ${unitOf(clockOf(scenario))}`,
          scale: { type: 'log', nice: false, padding: 10, ...logEnds(latencies) },
          axis: axisOf(latencies),
        },
        color: { field: 'colour', type: 'nominal', scale: null },
        shape: { field: 'shape', type: 'nominal', scale: null },
        tooltip: { field: 'tip', type: 'nominal' },
      },
    },
    data: { samples: sampleRows(scenario, good) },
    everySample: { source: 'samples', scenario: scenario.slug, operation },
    switchable: 'y',
    files: ['samples.csv'],
    isInteractive: true,
  };
}

function sampleRows({ variants }: ScenarioPart, good: readonly GoodSample[]): readonly Row[] {
  const extent = (values: readonly number[]) => {
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    return { least, range: values.reduce((a, b) => Math.max(a, b), -Infinity) - least || 1 };
  };
  const xs = extent(good.map(({ order }) => order));
  const ys = extent(good.map(({ latencyMs }) => Math.log(latencyMs)));
  const dots = good.map((sample) => ({
    sample,
    x: (sample.order - xs.least) / xs.range,
    y: (Math.log(sample.latencyMs) - ys.least) / ys.range,
  }));
  return mergeDots(dots, MAX_DOTS, HEIGHT / CHART_WIDTH).map(({ dot: { sample } }) => {
    const { colour, shape } = styleOf(variants[sample.variant]?.look ?? 0);
    return {
      variant: variants[sample.variant]?.label ?? '',
      order: sample.order,
      ms: sample.latencyMs,
      colour,
      shape,
      tip: '',
    };
  });
}

function captionOf(scenario: ScenarioPart, operation: OperationName, good: readonly GoodSample[]): string {
  const medians = new Map(measuredVariants(scenario, operation).map(({ row, latency }) => [row, latency.okP50Ms]));
  const rowOf = (sample: SampleRow) => {
    const variant = scenario.variants[sample.variant];
    return variant ? rowOfSample(variant, sample) : '';
  };
  const [furthest] = good
    .map((sample) => ({ sample, ratio: sample.latencyMs / (medians.get(rowOf(sample)) ?? sample.latencyMs) }))
    .toSorted((a, b) => b.ratio - a.ratio);
  if (!furthest) return '';
  const { sample, ratio } = furthest;
  const ms = msOf(clockOf(scenario));
  return (
    `Furthest above its variant's median is no. ${sample.order}, ${rowOf(sample)} in ` +
    `boot ${sample.boot}: ${ms(sample.latencyMs)}, ${times(ratio)} the median.`
  );
}
