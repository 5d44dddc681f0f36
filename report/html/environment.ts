import type { ReportModel } from '../model/report-model.ts';
import { html, type Markup } from './markup.ts';

/** Conditions of every run, side by side, so that what differs can be seen. */
export function environmentSection({ runs }: ReportModel): Markup {
  const names = [...new Set(runs.flatMap(({ environment }) => environment.map(([what]) => what)))];
  const valueIn = (index: number, name: string) => runs[index]?.environment.find(([what]) => what === name)?.[1] ?? '–';
  const differs = (name: string) => runs.some((_, index) => valueIn(index, name) !== valueIn(0, name));
  return html`
    <section id="environment" aria-labelledby="environment-title">
      <h2 id="environment-title"><a href="#environment">Environment</a></h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Environment">
        <table class="environment">
          <thead class=${runs.length === 1 ? 'visually-hidden' : ''}>
            <tr>
              <th scope="col">condition</th>
              ${runs.map(({ label }) => html`<th scope="col">${label || 'value'}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${names.map(
              (name) => html`<tr class=${differs(name) ? 'differs' : ''}>
                <th scope="row">${name}</th>
                ${runs.map((_, index) => html`<td>${valueIn(index, name)}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>
  `;
}
