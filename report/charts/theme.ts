import type { Config } from 'vega-lite';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

/**
 * Colours are names of the page's style sheet: one drawing serves the light and the dark page and the print. The font's
 * family is set there, too.
 */
export const THEME: Config = {
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
