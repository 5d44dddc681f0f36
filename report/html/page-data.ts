import type { Chart } from '../charts/chart.ts';
import { clockOf, clockParts } from '../model/clock-parts.ts';
import type { ReportModel, ScenarioPart } from '../model/report-model.ts';
import { isGood, rowOfSample } from '../model/rows.ts';
import type { SampleRow } from '../model/sample-row.ts';
import { styleOf } from '../palette.ts';
import { unitOf } from '../words.ts';
import { type PackedRows, pack } from './packed-rows.ts';

/** Samples that a page carries for its interactive charts: beyond these each variant's are thinned evenly. */
const MAX_SAMPLES = 12_000;

/** What the page's script needs, as compact as it can be: samples once for all charts, column by column. */
export interface PageData {
  readonly scenarios: readonly ScenarioData[];
  readonly charts: readonly ChartData[];
}

interface ScenarioData {
  readonly slug: string;
  /** What its latencies are counted in. */
  readonly unit: string;
  readonly variants: readonly { readonly label: string; readonly colour: string; readonly shape: string }[];
  readonly operations: readonly string[];
  /** Names of the charts' rows. */
  readonly rows: readonly string[];
  readonly samples: SampleColumns;
}

/** Good samples of measured passes; numbers at the same place belong to the same sample. */
interface SampleColumns {
  readonly variant: readonly number[];
  /** Index into the scenario's rows. */
  readonly row: readonly number[];
  /** Index into the scenario's operations. */
  readonly operation: readonly number[];
  readonly ms: readonly number[];
  readonly order: readonly number[];
  readonly boot: readonly number[];
  readonly cycle: readonly number[];
}

export interface ChartData {
  readonly id: string;
  readonly spec: unknown;
  readonly data: Readonly<Record<string, PackedRows>>;
  readonly everySample?: Chart['everySample'];
  readonly switchable?: Chart['switchable'];
}

export function pageData(
  model: ReportModel,
  charts: readonly { readonly chart: Chart; readonly compiled: unknown }[],
): PageData {
  const total = model.scenarios.reduce((sum, { samples }) => sum + samples.length, 0);
  const step = Math.max(1, Math.ceil(total / MAX_SAMPLES));
  return {
    scenarios: model.scenarios.flatMap(clockParts).map((part) => scenarioData(part, step)),
    charts: charts.flatMap(({ chart: { id, data, everySample, switchable, isInteractive }, compiled }) =>
      isInteractive
        ? {
            id,
            spec: compiled,
            data: packed(everySample ? { ...data, [everySample.source]: [] } : data),
            ...(everySample && { everySample }),
            ...(switchable && { switchable }),
          }
        : [],
    ),
  };
}

function packed(data: Chart['data']): ChartData['data'] {
  return Object.fromEntries(Object.entries(data).map(([name, rows]) => [name, pack(rows)]));
}

function scenarioData({ slug, variants, operations, samples }: ScenarioPart, step: number): ScenarioData {
  const good = samples.filter((sample, index) => isGood(sample) && index % step === 0);
  const rowOf = (sample: SampleRow) => {
    const variant = variants[sample.variant];
    return variant ? rowOfSample(variant, sample) : '';
  };
  const rows = [...new Set(good.map(rowOf))];
  const column = (value: (sample: SampleRow) => number) => good.map(value);
  return {
    slug,
    unit: unitOf(clockOf({ variants })),
    variants: variants.map(({ label, look }) => {
      const { colour, shape } = styleOf(look);
      return { label, colour, shape };
    }),
    operations,
    rows,
    samples: {
      variant: column(({ variant }) => variant),
      row: column((sample) => rows.indexOf(rowOf(sample))),
      operation: column(({ operation }) => operations.indexOf(operation)),
      ms: column(({ latencyMs = 0 }) => Number(latencyMs.toPrecision(6))),
      order: column(({ order }) => order),
      boot: column(({ boot }) => boot),
      cycle: column(({ cycle }) => cycle),
    },
  };
}
