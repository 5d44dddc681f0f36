import * as vega from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import type { Chart } from './chart.ts';

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

/**
 * Leaves out of a drawing by Vega what a page does not need, which is three quarters: defaults, empty groups, roles,
 * labels that are hidden, decimals below a tenth of a pixel, and what neighbours have in common. Names of clipping paths
 * are made unique among the charts of the page.
 */
export function compact(svg: string, id: string): string {
  return withoutBareGroups(shared(shorterMarks(withoutDefaults(svg, id))));
}

function withoutDefaults(svg: string, id: string): string {
  return svg
    .replace(/<rect width="\d+" height="\d+" fill="transparent"\/>/, '')
    .replaceAll(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replaceAll(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replaceAll(/<[^>]*>/g, (tag) => shorterTag(tag, id))
    .replaceAll(/<(line|path)[^>]*(?: d="")[^>]*\/>/g, '')
    .replaceAll(/<g><\/g>/g, '');
}

/** A tag alone: what a text says is neither an attribute nor a coordinate, whatever it looks like. */
function shorterTag(tag: string, id: string): string {
  return tag
    .replaceAll(/ (?:xmlns|xmlns:xlink|version)="[^"]*"/g, '')
    .replaceAll(/ (?:opacity|stroke-width)="1"/g, '')
    .replaceAll(/ (?:font-family|role|aria-[a-z]+|pointer-events|xml:space|class)="[^"]*"/g, '')
    .replaceAll(/ font-size="12px"/g, '')
    .replaceAll(/(\d)\.0\d*(?!\d)|(\d\.[1-9])\d+/g, '$1$2')
    .replaceAll(/ transform="translate\(0,0\)"/g, '')
    .replaceAll(/(url\(#|id=")clip/g, `$1${id}-clip`);
}

/** Vega moves a mark to its place where a mark can also say where it is, and draws circles as paths of two arcs. */
function shorterMarks(svg: string): string {
  return svg
    .replaceAll(
      /<path transform="translate\(([-\d.]+),([-\d.]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g,
      '<circle cx="$1" cy="$2" r="$3"',
    )
    .replaceAll(
      /<line transform="translate\(([-\d.]+),([-\d.]+)\)" x2="([-\d.]+)" y2="([-\d.]+)"/g,
      '<path d="M$1,$2l$3,$4"',
    )
    .replaceAll(/<text([^>]*) transform="translate\(([-\d.]+),([-\d.]+)\)"/g, '<text$1 x="$2" y="$3"');
}

/** Groups of nothing but marks, and attributes that their marks would inherit from the group. */
const GROUP_OF_MARKS = /<g>((?:<(?:path|line|circle)[^>]*\/>|<text[^>]*>[^<]*<\/text>){2,})<\/g>/g;
const INHERITED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-weight', 'text-anchor'];

/** Says once, for the group, what all its marks have in common. */
function shared(svg: string): string {
  return svg.replaceAll(GROUP_OF_MARKS, (_group, separate: string) => {
    const marks = joinedPaths(separate);
    const each = marks.match(/<(?:path|line|circle|text)[^>]*>/g) ?? [];
    const common = INHERITED.flatMap((name) => {
      const attribute = new RegExp(` ${name}="[^"]*"`).exec(each[0] ?? '')?.[0];
      return attribute !== undefined && each.every((mark) => mark.includes(attribute)) ? [attribute] : [];
    });
    if (common.length === 0) return `<g>${marks}</g>`;
    // Within the marks alone, as above.
    const bare = marks.replaceAll(/<(?:path|line|circle|text)[^>]*>/g, (mark) =>
      common.reduce((rest, attribute) => rest.replace(attribute, ''), mark),
    );
    return `<g${common.join('')}>${bare}</g>`;
  });
}

/** Paths that follow each other and look alike, as one. */
function joinedPaths(marks: string): string {
  return marks.replaceAll(/(<path d="[^"]*)"([^>]*\/>)(?:<path d="[^"]*"\2)+/g, (run, _first, look: string) => {
    const lines = [...run.matchAll(/<path d="([^"]*)"/g)].map(([, line]) => line);
    return `<path d="${lines.join('')}"${look}`;
  });
}

/** Groups that say nothing about what is in them, which most of Vega's do not. */
function withoutBareGroups(svg: string): string {
  const open: boolean[] = [];
  return svg.replaceAll(/<g(?: [^>]*)?>|<\/g>/g, (tag) => {
    if (tag !== '</g>') {
      open.push(tag !== '<g>');
      return tag === '<g>' ? '' : tag;
    }
    return open.pop() ? tag : '';
  });
}
