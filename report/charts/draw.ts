import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';
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

/**
 * Leaves out what a page does not need, which is two thirds: defaults, empty groups, roles, labels that are hidden, and
 * decimals below a tenth of a pixel. Names of clipping paths are made unique among the charts of the page.
 */
export function compact(svg: string, id: string): string {
  return hoist(withoutDefaults(svg, id));
}

function withoutDefaults(svg: string, id: string): string {
  return svg
    .replace(/ xmlns:xlink="[^"]*"/, '')
    .replace(/<rect width="\d+" height="\d+" fill="transparent"\/>/, '')
    .replaceAll(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replaceAll(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replaceAll(/ (?:opacity|stroke-width)="1"/g, '')
    .replaceAll(/ (?:font-family|role|aria-[a-z]+|pointer-events|xml:space|class)="[^"]*"/g, '')
    .replaceAll(/ font-size="12px"/g, '')
    .replaceAll(/(\d+\.\d)\d+/g, '$1')
    .replaceAll(/ transform="translate\(0,0\)"/g, '')
    .replaceAll(/<(line|path)[^>]*(?: d="")[^>]*\/>/g, '')
    .replaceAll(/(url\(#|id=")clip/g, `$1${id}-clip`)
    .replaceAll(/<g><\/g>/g, '');
}

/** Groups of nothing but marks, and attributes that their marks would inherit from the group. */
const GROUP_OF_MARKS = /<g>((?:<(?:path|line)[^>]*\/>|<text[^>]*>[^<]*<\/text>){2,})<\/g>/g;
const INHERITED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-weight', 'text-anchor'];

/** Says once, for the group, what all its marks have in common. */
function hoist(svg: string): string {
  return svg.replaceAll(GROUP_OF_MARKS, (group: string, marks: string) => {
    const each = marks.match(/<(?:path|line|text)[^>]*>/g) ?? [];
    const shared = INHERITED.flatMap((name) => {
      const attribute = new RegExp(` ${name}="[^"]*"`).exec(each[0] ?? '')?.[0];
      return attribute !== undefined && each.every((mark) => mark.includes(attribute)) ? [attribute] : [];
    });
    if (shared.length === 0) return group;
    // Within the marks alone: what a text says is not an attribute, whatever it looks like.
    const bare = marks.replaceAll(/<(?:path|line|text)[^>]*>/g, (mark) =>
      shared.reduce((rest, attribute) => rest.replace(attribute, ''), mark),
    );
    return `<g${shared.join('')}>${bare}</g>`;
  });
}
