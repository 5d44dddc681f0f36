import type { Comparison } from '../../harness/statistics/comparison.ts';
import { ms } from '../charts/words.ts';
import { formatMs } from '../format.ts';
import { html, type Markup } from './markup.ts';
import { nameOf } from './verdict.ts';

const TONES: Readonly<Record<Comparison['verdict'], string>> = {
  regressed: 'bad',
  failing: 'bad',
  improved: 'good',
  unchanged: '',
  inconclusive: 'doubt',
  incomparable: 'doubt',
  missing: 'doubt',
};

/** Every comparison with its verdict, the worst first, and the phases that changed. */
export function comparisonSection(comparisons: readonly Comparison[]): Markup {
  if (comparisons.length === 0) return null;
  const order = Object.keys(TONES);
  const sorted = comparisons.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const warnings = [...new Set(comparisons.flatMap((comparison) => comparison.warnings))];
  const sides = [...new Set(comparisons.map(sidesOf))];
  return html`
    <section id="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title"><a href="#comparison">Comparison</a></h2>
      ${sides.length === 1 && html`<p class="intro">${sides[0]}</p>`}
      <div class="scroll" tabindex="0" role="group" aria-label="Comparison">
        <table class="sortable">
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">verdict</th>
              <th scope="col" class="number">before, ms</th>
              <th scope="col" class="number">now, ms</th>
              <th scope="col" class="number">ratio</th>
              <th scope="col" class="number">95 % CI</th>
              <th scope="col" class="number">p, corrected</th>
              <th scope="col">why</th>
            </tr>
          </thead>
          <tbody>${sorted.map((comparison) => row(comparison, sides.length > 1))}</tbody>
        </table>
      </div>
      ${warnings.length > 0 && html`<ul class="notes">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`}
    </section>
  `;
}

function sidesOf({ base, current }: Comparison): string {
  return `${current ? `${current.label} ` : ''}against ${base.label}`;
}

function row(comparison: Comparison, namesSides: boolean): Markup {
  const { base, current, verdict, latency, reason, phases, differences } = comparison;
  const ci95 = latency?.ratio.ci95;
  return html`
    <tr>
      <th scope="row">${nameOf(comparison)}${namesSides && html`<br /><span class="muted">${sidesOf(comparison)}</span>`}</th>
      <td><span class=${`verdict-word ${TONES[verdict]}`}>${verdict}</span></td>
      ${figureCell(base.medianMs, formatMs)} ${figureCell(current?.medianMs, formatMs)}
      ${figureCell(latency?.ratio.value, (value) => value.toFixed(3))}
      <td class="number">${ci95 ? `${ci95[0].toFixed(3)} to ${ci95[1].toFixed(3)}` : '–'}</td>
      ${figureCell(latency?.adjustedPValue, (value) => (value < 0.001 ? '< 0.001' : value.toFixed(3)))}
      <td class="reason">
        ${reason}
        ${phases.map(
          (phase) =>
            html`<br /><span class="muted">${phase.phase}: ${ms(phase.baseMs)} to ${ms(phase.currentMs)}</span>`,
        )}
        ${differences.map((difference) => html`<br /><span class="muted">${difference}</span>`)}
      </td>
    </tr>
  `;
}

function figureCell(value: number | undefined, format: (value: number) => string): Markup {
  return html`<td class="number" data-value=${value ?? ''}>${value === undefined ? '–' : format(value)}</td>`;
}
