import { quantileSorted } from 'simple-statistics';
import { formatMs } from '../../report/format.ts';
import { type Column, textTable } from '../../report/terminal/table.ts';

/** One row of the benchmark's table. */
export interface Figure {
  /** With its unit. */
  readonly what: string;
  /** Every single reading, in any order. The figure is their median. */
  readonly readings: readonly number[];
  /** The figure, for something that is not a median. */
  readonly figure?: number;
  /** The distance of the figure from zero is to be below this. An aim that is missed is a finding, not a failure. */
  readonly aim?: number;
  /** Letter of the paragraph that says how it was obtained. */
  readonly how: string;
}

const COLUMNS: readonly Column[] = [
  { heading: '', align: 'left' },
  { heading: 'n', align: 'right' },
  { heading: 'figure', align: 'right' },
  { heading: 'aim', align: 'right' },
  { heading: 'met', align: 'left' },
  { heading: 'min', align: 'right' },
  { heading: 'p95', align: 'right' },
  { heading: 'max', align: 'right' },
  { heading: 'how', align: 'left' },
];

export function figureTable(figures: readonly Figure[]): readonly string[] {
  return textTable(COLUMNS, figures.map(row));
}

function row({ what, readings, figure, aim, how }: Figure): readonly string[] {
  const sorted = readings.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted.length === 0 ? undefined : quantileSorted(sorted, share));
  const shown = figure ?? at(0.5);
  const met = shown === undefined || aim === undefined ? '' : Math.abs(shown) < aim ? 'yes' : 'no';
  const spread = sorted.length > 1 ? [at(0), at(0.95), at(1)] : [undefined, undefined, undefined];
  const [least, p95, most] = spread.map((value) => (value === undefined ? '' : formatMs(value)));
  return [
    what,
    String(readings.length),
    shown === undefined ? 'none' : formatMs(shown),
    aim === undefined ? '' : `< ${aim}`,
    met,
    ...[least ?? '', p95 ?? '', most ?? '', how],
  ];
}
