import { parse, type Spec, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { unpack } from '../packed-rows.ts';
import type { ChartData, PageData } from '../page-data.ts';
import { showPicked } from './picked.ts';
import { samplesFor } from './samples.ts';

/** Below this a chart scrolls rather than shrinks. */
const LEAST_WIDTH = 280;

interface LiveChart {
  readonly view: View;
  readonly resize: () => void;
}

/** Replaces each drawing by a live one when it comes into sight, and ties legends and buttons to them. */
export function makeChartsLive(data: PageData): void {
  const live = new Map<string, LiveChart>();
  const hidden = (figure: Element) => hiddenVariants(figure.closest('[data-scenario]'));
  const start = (figure: HTMLElement) => {
    const chart = data.charts.find(({ id }) => id === figure.dataset.chart);
    if (!chart) return;
    live.get(chart.id)?.view.finalize();
    live.set(chart.id, startChart(figure, chart, data, hidden(figure)));
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        seen.unobserve(target);
        start(target);
      }
    },
    { rootMargin: '400px' },
  );
  for (const figure of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    seen.observe(figure);
    const button = figure.querySelector<HTMLButtonElement>('button.scale');
    button?.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      start(figure);
    });
  }
  for (const legend of document.querySelectorAll<HTMLElement>('.legend')) {
    legend.addEventListener('change', () => {
      const section = legend.closest('[data-scenario]');
      for (const [id, { view }] of live) {
        if (section?.querySelector(`[data-chart="${id}"]`)) setHidden(view, hiddenVariants(section));
      }
    });
  }
  let timer = 0;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      for (const { resize } of live.values()) resize();
    }, 120);
  });
}

function hiddenVariants(section: Element | null | undefined): readonly string[] {
  const boxes = section?.querySelectorAll<HTMLInputElement>('.legend input:not(:checked)') ?? [];
  return [...boxes].map(({ value }) => value);
}

function setHidden(view: View, hidden: readonly string[]): void {
  try {
    view.signal('hidden', hidden).runAsync();
  } catch {
    // A chart that is not about variants has no such signal.
  }
}

function startChart(figure: HTMLElement, chart: ChartData, data: PageData, hidden: readonly string[]): LiveChart {
  const drawing = figure.querySelector<HTMLElement>('.drawing');
  const scroll = figure.querySelector<HTMLElement>('.scroll');
  if (!drawing || !scroll) throw new Error(`${chart.id} has no drawing`);
  const isLinear = figure.querySelector('button.scale')?.getAttribute('aria-pressed') === 'true';
  const spec = withScale(chart, isLinear);
  const view = new View(parse(spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    hover: false,
    tooltip: (_handler, event, _item, value) => showTooltip(event, value),
  });
  for (const [name, rows] of Object.entries(chart.data)) view.data(name, [...unpack(rows)]);
  if (chart.everySample) view.data(chart.everySample.source, [...samplesFor(chart, data)]);
  const width = () => Math.max(LEAST_WIDTH, scroll.clientWidth);
  view.width(width());
  setHidden(view, hidden);
  const place = document.createElement('div');
  // What it shows is said by the drawing's own text alternative.
  place.setAttribute('aria-hidden', 'true');
  view.initialize(place);
  // The drawing that is there stays until the live one is ready, so that nothing jumps.
  const ready = view.runAsync().then(() => drawing.replaceChildren(place));
  drawing.addEventListener('pointerleave', hideTooltip);
  showPicked(figure, view, chart, data, ready);
  return { view, resize: () => void view.width(width()).runAsync() };
}

/** The compiled chart with its logarithmic scale made linear, or as it is. */
function withScale({ spec, switchable }: ChartData, isLinear: boolean): Spec {
  const original = spec as Spec;
  if (!isLinear || switchable === undefined) return original;
  return {
    ...original,
    scales: (original.scales ?? []).map((scale) => {
      if (scale.name !== switchable || scale.type !== 'log') return scale;
      const { domainMin: _least, domainMax: _most, ...free } = scale;
      return { ...free, type: 'linear', zero: true };
    }),
    // Ticks that were chosen for a logarithmic axis.
    axes: (original.axes ?? []).map(({ values, ...axis }) => (axis.scale === switchable ? axis : { ...axis, values })),
  } as Spec;
}

/** Shows a text of several lines beside the pointer, the first of them as a title. Never as HTML. */
function showTooltip(event: MouseEvent, value: unknown): void {
  const element = document.getElementById('tooltip');
  if (!element) return;
  const lines = typeof value === 'string' ? value.split('\n') : [];
  if (lines.length === 0 || lines[0] === '') {
    element.hidden = true;
    return;
  }
  element.replaceChildren(
    ...lines.map((line, index) => {
      const row = document.createElement(index === 0 ? 'strong' : 'span');
      row.textContent = line;
      return row;
    }),
  );
  element.hidden = false;
  const { clientX, clientY } = event;
  const { offsetWidth, offsetHeight } = element;
  const left = clientX + 14 + offsetWidth > innerWidth ? clientX - offsetWidth - 14 : clientX + 14;
  const top = clientY + 14 + offsetHeight > innerHeight ? clientY - offsetHeight - 14 : clientY + 14;
  element.style.left = `${Math.max(4, left)}px`;
  element.style.top = `${Math.max(4, top)}px`;
}

function hideTooltip(): void {
  const element = document.getElementById('tooltip');
  if (element) element.hidden = true;
}
