import type { Chart } from '../charts/chart.ts';
import { filesLine } from './files.ts';
import { html, type Markup } from './markup.ts';

/** A chart that has been drawn. */
export interface DrawnFigure {
  readonly chart: Chart;
  readonly svg: string;
}

/** A chart with its title, its finding in words, and where its rows are. */
export function figure({ chart, svg }: DrawnFigure, isHome: boolean): Markup {
  const { id, title, caption, alternative, switchable, files, isInteractive } = chart;
  return html`
    <figure id=${id} class="chart" data-chart=${isInteractive ? id : undefined}>
      <div class="chart-head">
        <h4><a href=${`#${id}`}>${title}</a></h4>
        ${switchable && html`<button type="button" class="needs-js scale" aria-pressed="false">linear scale</button>`}
      </div>
      <figcaption>${caption}</figcaption>
      <div class="scroll" tabindex="0" role="group" aria-label=${title}>
        <div class="drawing" role="img" aria-label=${alternative} dangerouslySetInnerHTML=${{ __html: svg }}></div>
      </div>
      <p class="picked" aria-live="polite" hidden></p>
      ${filesLine(files, isHome)}
    </figure>
  `;
}
