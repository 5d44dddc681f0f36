import type { TopLevelSpec } from 'vega-lite';
import type { OperationName } from '../../harness/vocabulary.ts';

/** A row of a chart's data. */
export type Row = Readonly<Record<string, string | number>>;

/** A drawing with everything that a reader needs to check it. */
export interface Chart {
  /** Unique within the report, and safe as an anchor. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in words, with figures from the model. */
  readonly caption: string;
  /** For someone who does not see it. */
  readonly alternative: string;
  /** Vega-Lite. Its data sources have names and no values. */
  readonly spec: TopLevelSpec;
  /** Values of the data sources, as they are drawn when the report is made. */
  readonly data: Readonly<Record<string, readonly Row[]>>;
  /** Data source that shows every sample once the page is interactive, and what of the samples belongs in it. */
  readonly everySample?: { readonly source: string; readonly scenario: string; readonly operation: OperationName };
  /** Scale that a reader can switch between linear and logarithmic. */
  readonly switchable?: 'x' | 'y';
  /** Files of the run directory that hold the rows behind it. */
  readonly files: readonly string[];
  /** Whether a script is worth its weight: drawings that have no more to tell stay as they are. */
  readonly isInteractive: boolean;
}

/** The variants that a reader has chosen to hide: set by the page, empty when the report is made. */
export const HIDDEN_PARAMETER = { name: 'hidden', value: [] } as const;

/** A layer without the hidden variants. Rows name their variant in `variant`. */
export const withoutHidden = [{ filter: 'indexof(hidden, datum.variant) < 0' }];

/** Width in pixels at which a chart is drawn; a page that runs scripts draws it again at its own width. */
export const CHART_WIDTH = 1080;

/** What all charts have in common: they take the width they are given, axes included. */
export const COMMON = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  width: CHART_WIDTH,
  autosize: { type: 'fit-x', contains: 'padding' },
  padding: { left: 4, right: 12, top: 6, bottom: 4 },
  background: 'transparent',
} as const;
