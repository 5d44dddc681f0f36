import * as vega from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';
import { compact } from './compact-svg.ts';

/** A chart as a page needs it. */
export interface DrawnChart {
  readonly svg: string;
  /** Vega, compiled from Vega-Lite, so that the page needs only the smaller of the two. */
  readonly compiled: unknown;
}

/**
 * Mean width of a character in a system's sans-serif font, in units of the font's size. Without a canvas Vega takes 0.8,
 * which leaves axes a third more room than their labels need.
 */
const CHARACTER_WIDTH = 0.6;
type TextMetrics = { width: (item: { readonly fontSize?: number }, text: unknown) => number };
// Vega exports it, its types do not.
(vega as unknown as { readonly textMetrics: TextMetrics }).textMetrics.width = ({ fontSize = 11 }, text) =>
  String(text ?? '').length * CHARACTER_WIDTH * fontSize;

/** Compiles a chart and draws it as SVG whose colours come from the page around it. */
export async function drawChart(chart: Chart): Promise<DrawnChart> {
  const own = prepared(chart.spec);
  // One after another, where charts share a view: it holds the data of one.
  const svg = own.last.then(() => {
    for (const [name, rows] of Object.entries(chart.data)) own.view.data(name, [...rows]);
    return own.view.toSVG();
  });
  own.last = svg;
  return { svg: compact(await svg, chart.id), compiled: own.compiled };
}

interface Prepared {
  readonly compiled: unknown;
  readonly view: vega.View;
  /** The drawing that is under way, or was. */
  last: Promise<unknown>;
}

const known = new WeakMap<TopLevelSpec, Prepared>();

/** Charts that differ in their data alone share a spec, which is then compiled once, and drawn by one view. */
function prepared(spec: TopLevelSpec): Prepared {
  const before = known.get(spec);
  if (before) return before;
  const compiled = compileSpec(spec);
  const view = new vega.View(vega.parse(compiled as vega.Spec), { renderer: 'none' });
  const made: Prepared = { compiled, view, last: Promise.resolve() };
  known.set(spec, made);
  return made;
}

/** Vega-Lite writes remarks about a spec to the console; they are for its author, and a test asks for them. */
export function compileSpec(spec: TopLevelSpec, onRemark: (remark: string) => void = () => {}): unknown {
  const remark = (...remarks: readonly unknown[]) => {
    onRemark(remarks.join(' '));
    return logger;
  };
  const logger = { level: () => logger, error: remark, warn: remark, info: () => logger, debug: () => logger };
  return compile(spec, { config: THEME, logger: logger as never }).spec;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

/**
 * Colours are names of the page's style sheet: one drawing serves the light and the dark page and the print. The font's
 * family is set there, too.
 */
const THEME: Config = {
  // The chart as a whole has a text alternative; a role for every dot would only be in a screen reader's way.
  aria: false,
  // As in style/page.css: Vega measures labels in a browser with the font that it believes they have.
  font: FONT,
  view: { stroke: null },
  axis: {
    domainColor: 'var(--rule)',
    gridColor: 'var(--grid)',
    tickColor: 'var(--rule)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelPadding: 6,
    tickSize: 4,
  },
  axisY: { labelColor: 'var(--ink)', labelLimit: 190 },
  axisX: { grid: true, labelOverlap: 'greedy', labelSeparation: 8 },
  legend: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--muted)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 560,
    symbolStrokeWidth: 2,
  },
  text: { color: 'var(--ink)', fontSize: 12 },
  rule: { color: 'var(--rule)' },
};
