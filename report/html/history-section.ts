import { type History, isAlarm, type Series } from '../../harness/history/history.ts';
import type { Chart } from '../charts/chart.ts';
import { historyChart, seriesName } from '../charts/history.ts';
import { riseText } from '../history-words.ts';
import { slugs } from '../model/links.ts';
import { count, msOf, times } from '../words.ts';
import { type DrawnFigure, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';

/** Series that are drawn; the table has all. Those that got worse come first, then those that changed. */
const MAX_DRAWN = 24;

/** Charts of the series that are still measured, the most telling first. */
export function historyCharts({ series }: History): readonly Chart[] {
  const slug = slugs();
  return byWeight(series)
    .slice(0, MAX_DRAWN)
    .flatMap((one) => historyChart(one, slug(`${one.scenario}-${one.variant}-${one.operation}`)) ?? []);
}

function byWeight(series: readonly Series[]): readonly Series[] {
  const weight = (one: Series) =>
    (isAlarm(one) ? 2 : 0) + (one.segments.some(({ beginning }) => beginning.kind === 'change') ? 1 : 0);
  return series.filter(({ current }) => current).toSorted((a, b) => weight(b) - weight(a));
}

export function historySection(history: History | undefined, figures: readonly DrawnFigure[]): Markup {
  if (!history || history.series.length === 0) return null;
  const current = byWeight(history.series);
  return html`
    <section id="history" aria-labelledby="history-title">
      <h2 id="history-title"><a href="#history">History</a></h2>
      <p class="intro">
        ${count(history.runs, 'run')}. A red line is a change of the level, a dashed one a change of what it was measured in.
        ${figures.length < current.length ? ` ${figures.length} of ${current.length} series are drawn; the table has all.` : ''}
      </p>
      ${figures.map((drawn) => figure(drawn, false))}
      <details class="events">
        <summary>All series in figures</summary>
        <div class="scroll" tabindex="0" role="group" aria-label="History of all series">
          <table class="sortable">
            <thead>
              <tr>
                <th scope="col">series</th>
                <th scope="col">host</th>
                <th scope="col" class="number">runs</th>
                <th scope="col" class="number">level now</th>
                <th scope="col">last change</th>
              </tr>
            </thead>
            <tbody>${current.map(row)}</tbody>
          </table>
        </div>
      </details>
    </section>
  `;
}

function row(series: Series): Markup {
  const level = series.segments.at(-1)?.medianMs;
  const last = series.segments.flatMap(({ beginning }) => (beginning.kind === 'change' ? [beginning] : [])).at(-1);
  return html`
    <tr>
      <th scope="row">${seriesName(series)}</th>
      <td>${series.host}, ${series.accelerator}${series.clock === 'virtual' ? ', virtual time' : ''}</td>
      <td class="number" data-value=${series.points.length}>${series.points.length}</td>
      <td class="number" data-value=${level ?? ''}>${level === undefined ? '–' : msOf(series.clock)(level)}</td>
      <td class=${isAlarm(series) ? 'bad' : ''}>${[
        ...(last ? [`${last.runId}: ${times(last.ratio)}`] : []),
        ...(series.failing ? [`failing ${riseText(series.failing)}`] : []),
      ].join('; ')}</td>
    </tr>
  `;
}
