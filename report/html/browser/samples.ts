import { jitterOf } from '../../charts/dots.ts';
import { formatMs } from '../../format.ts';
import type { ChartData, PageData } from '../page-data.ts';

/** A sample as the charts draw it. */
export interface SampleRow {
  readonly variant: string;
  readonly row: string;
  readonly ms: number;
  readonly order: number;
  readonly jitter: number;
  readonly colour: string;
  readonly shape: string;
  /** What the tooltip says, by which the sample can be found in samples.csv. */
  readonly tip: string;
}

/** Every sample that belongs in a chart. */
export function samplesFor({ everySample }: ChartData, { scenarios }: PageData): readonly SampleRow[] {
  const scenario = scenarios.find(({ slug }) => slug === everySample?.scenario);
  if (!scenario || !everySample) return [];
  const { samples, variants, operations, rows, unit } = scenario;
  const wanted = operations.indexOf(everySample.operation);
  return samples.ms.flatMap((ms, index) => {
    const variant = variants[samples.variant[index] ?? -1];
    if (samples.operation[index] !== wanted || !variant) return [];
    const order = samples.order[index] ?? 0;
    const { label, colour, shape } = variant;
    const row = rows[samples.row[index] ?? -1] ?? label;
    const place = `boot ${samples.boot[index]}, cycle ${samples.cycle[index]}`;
    const tip = `${row}, no. ${order}\n${everySample.operation} ${formatMs(ms)} ${unit}\n${place}`;
    return [{ variant: label, row, ms, order, jitter: jitterOf(order), colour, shape, tip }];
  });
}
