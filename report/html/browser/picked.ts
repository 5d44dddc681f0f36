import type { View } from 'vega';
import type { ChartData, PageData } from '../page-data.ts';
import { type SampleRow, samplesFor } from './samples.ts';

/** Samples that are named; of more than these only the number is said. */
const MAX_NAMED = 12;

type Ranges = Readonly<Record<string, readonly (number | string)[]>>;

/** Says under a chart which samples a reader has brushed. */
export function showPicked(
  figure: HTMLElement,
  view: View,
  chart: ChartData,
  data: PageData,
  ready: Promise<unknown>,
): void {
  const place = figure.querySelector<HTMLElement>('.picked');
  if (!place || !chart.everySample) return;
  const samples = samplesFor(chart, data);
  void ready.then(() =>
    view.addSignalListener('brush', (_name, value: Ranges | undefined) => {
      const ranges = Object.entries(value ?? {});
      const picked =
        ranges.length === 0
          ? []
          : samples.filter((sample) => ranges.every(([field, range]) => isIn(sample, field, range)));
      place.hidden = ranges.length === 0;
      place.textContent = sentence(picked);
    }),
  );
}

function isIn(sample: SampleRow, field: string, range: readonly (number | string)[]): boolean {
  const value = sample[field as keyof SampleRow];
  const [low, high] = range;
  if (typeof value === 'number' && typeof low === 'number' && typeof high === 'number') {
    return value >= Math.min(low, high) && value <= Math.max(low, high);
  }
  return range.includes(value);
}

function sentence(picked: readonly SampleRow[]): string {
  const names = picked.slice(0, MAX_NAMED).map(({ tip }) => tip.replaceAll('\n', ', '));
  const more = picked.length > names.length ? `; and ${picked.length - names.length} more` : '';
  return `${picked.length} ${picked.length === 1 ? 'sample' : 'samples'} selected${names.length > 0 ? `: ${names.join('; ')}${more}` : ''}`;
}
