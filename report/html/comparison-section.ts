import type { Comparison } from '../../harness/statistics/comparison.ts';
import { formatMs } from '../format.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { msOf, unitOf } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { nameOf } from './verdict.ts';

const TONES: Readonly<Record<Comparison['verdict'], string>> = {
  regressed: 'bad',
  failing: 'bad',
  improved: 'good',
  unchanged: '',
  undecided: 'doubt',
  incomparable: 'doubt',
  missing: 'doubt',
};

/** Every comparison with its verdict, the worst first, and the phases that changed; a table for each clock. */
export function comparisonSection(comparisons: readonly Comparison[], scenarios: readonly ScenarioPart[]): Markup {
  if (comparisons.length === 0) return null;
  const virtual = new Set(
    scenarios.flatMap(({ name, variants }) =>
      variants.flatMap((variant) => (variant.clock === 'virtual' ? [`${name}/${variant.name}`] : [])),
    ),
  );
  const isVirtual = ({ scenario, variant }: Comparison) => virtual.has(`${scenario}/${variant}`);
  const order = Object.keys(TONES);
  const sorted = comparisons.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const warnings = [...new Set(comparisons.flatMap((comparison) => comparison.warnings))];
  const sides = [...new Set(comparisons.map(sidesOf))];
  return html`
    <section id="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title"><a href="#comparison">Comparison</a></h2>
      ${sides.length === 1 && html`<p class="intro">${sides[0]}</p>`}
      ${['real', 'virtual'].map((clock) => {
        const ofClock = sorted.filter((one) => isVirtual(one) === (clock === 'virtual'));
        return ofClock.length > 0 && comparisonTable(ofClock, clock, sides.length > 1);
      })}
      ${warnings.length > 0 && html`<ul class="notes">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`}
    </section>
  `;
}

function comparisonTable(comparisons: readonly Comparison[], clock: string, namesSides: boolean): Markup {
  const unit = unitOf(clock);
  return html`
      <div class="scroll" tabindex="0" role="group" aria-label=${`Comparison, ${unit}`}>
        <table class="sortable">
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">verdict</th>
              <th scope="col" class="number">before, ${unit}</th>
              <th scope="col" class="number">now, ${unit}</th>
              <th scope="col" class="number">ratio</th>
              <th scope="col" class="number">95 % CI</th>
              <th scope="col" class="number">p, corrected</th>
              <th scope="col">why</th>
            </tr>
          </thead>
          <tbody>${comparisons.map((comparison) => row(comparison, clock, namesSides))}</tbody>
        </table>
      </div>
  `;
}

function sidesOf({ base, current }: Comparison): string {
  return `${current ? `${current.label} ` : ''}against ${base.label}`;
}

function row(comparison: Comparison, clock: string, namesSides: boolean): Markup {
  const ms = msOf(clock);
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
