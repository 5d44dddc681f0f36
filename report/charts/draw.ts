import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';
import { compact } from './compact-svg.ts';
import { THEME } from './theme.ts';

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
