import type { OperationName } from '../../harness/vocabulary.ts';
import type { Ranked } from '../charts/ranking.ts';
import { longer, rankings, withoutRank } from '../charts/ranking.ts';
import { formatMs } from '../format.ts';
import { clockOf, clockParts } from '../model/clock-parts.ts';
import type { OperationPart, ScenarioPart } from '../model/report-model.ts';
import { rowLabel } from '../model/rows.ts';
import { interval, list, msOf, times } from '../words.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';

/** The fastest and the slowest machine: of one scenario as cards, of several as a table. */
export function extremes(scenarios: readonly ScenarioPart[]): Markup {
  const parts = scenarios.flatMap(clockParts);
  return scenarios.length > 1 ? extremesTable(parts) : html`${parts.map(cards)}`;
}

function cards(scenario: ScenarioPart): Markup {
  const all = extremesOf(scenario, ['plug', 'unplug', 'boot']).map((ends) => card(scenario, ends));
  if (all.length === 0) return null;
  return html`<div class="cards">${all}</div>`;
}

function card(scenario: ScenarioPart, { what, ends, unranked }: Extremes): Markup {
  return html`
    <div class="card">
      <h3>${what}</h3>
      ${ends && cardLines(scenario, ends)}
      ${unranked !== '' && html`<p class="small">${unranked}</p>`}
    </div>
  `;
}

function cardLines(scenario: ScenarioPart, { fastest, slowest }: Ends): Markup {
  const ms = msOf(clockOf(scenario));
  const width = (value: number) => Math.max(0.6, (value / slowest.medianMs) * 100).toFixed(1);
  const line = ({ variant, row, latency, medianMs, operation: part }: Ranked, word: string) => html`
    <div class="extreme">
      <span class="word">${word}</span>
      <span class="who">${glyph(variant)} <a href=${`#${variant.slug}`}>${row}</a></span>
      <span class="figure">${ms(medianMs)}</span>
      <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" fill="var(--grid)" />
        <rect width=${width(medianMs)} height="4" fill="var(--ink)" />
      </svg>
      <span class="small">
        ${scatterOf(part, latency, ms)}${waitsOf(part, ms)}
      </span>
    </div>
  `;
  return html`
    ${line(fastest, fastest === slowest ? 'median' : 'fastest')}
    ${fastest !== slowest && line(slowest, 'slowest')}
    ${
      fastest !== slowest &&
      html`<p class="ratio">
        <strong>${longer(slowest.medianMs / fastest.medianMs)}</strong>${ratioInterval(scenario, fastest, slowest)}
      </p>`
    }
  `;
}

/** The fastest and the slowest to do one thing, by the median. */
interface Extremes {
  /** The operation, with its device where there are several. */
  readonly what: string;
  /** Absent where nobody has a rank. */
  readonly ends?: Ends;
  /** Who has none, in a sentence; otherwise empty. */
  readonly unranked: string;
}

interface Ends {
  readonly fastest: Ranked;
  readonly slowest: Ranked;
}

function extremesOf(scenario: ScenarioPart, operations: readonly OperationName[]): readonly Extremes[] {
  const time = clockOf(scenario) === 'virtual' ? ', virtual time' : '';
  return operations.flatMap((operation) =>
    rankings(scenario, operation).flatMap(({ what, ranked, unranked }): Extremes[] => {
      const named = ranked.map((one) => ({
        ...one,
        row: rowLabel(one.variant, { ...one.operation, deviceId: '' }),
      }));
      const [fastest, slowest] = [named[0], named.at(-1)];
      if (!fastest && unranked.length === 0) return [];
      return [
        {
          what: what + time,
          ...(fastest && slowest && { ends: { fastest, slowest } }),
          unranked: withoutRank(unranked),
        },
      ];
    }),
  );
}

/** Of several scenarios a line each: their machines are not to be compared with each other's, nor are the two clocks. */
function extremesTable(parts: readonly ScenarioPart[]): Markup {
  const real = parts.filter((part) => clockOf(part) !== 'virtual');
  const virtual = parts.filter((part) => clockOf(part) === 'virtual');
  return html`${[real, virtual].map(
    (ofClock) =>
      ofClock.length > 0 &&
      extremesOfClock(ofClock, ofClock === virtual ? 'virtual ms, never to be compared with real ones' : 'ms'),
  )}`;
}

function extremesOfClock(parts: readonly ScenarioPart[], unit: string): Markup {
  const rows = parts.flatMap((scenario) => {
    const done = extremesOf(scenario, ['plug', 'unplug']);
    // A scenario that only boots asks for just that.
    const all = done.length > 0 || scenario.races.length > 0 ? done : extremesOf(scenario, ['boot']);
    return all.map((ends) => ({ scenario, ...ends }));
  });
  if (rows.length === 0) return null;
  const cell = ({ variant, row, medianMs }: Ranked) => html`
    <td>${glyph(variant)} <a href=${`#${variant.slug}`}>${row}</a></td>
    <td class="number" data-value=${medianMs}>${formatMs(medianMs)}</td>
  `;
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label=${`Fastest and slowest of each scenario, in ${unit}`}>
      <table class="sortable extremes">
        <caption>Fastest and slowest machine of each scenario, by the median in ${unit}</caption>
        <thead>
          <tr>
            <th scope="col">scenario</th>
            <th scope="col">operation</th>
            <th scope="col">fastest</th>
            <th scope="col" class="number">median</th>
            <th scope="col">slowest</th>
            <th scope="col" class="number">median</th>
            <th scope="col" class="number">ratio</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ scenario, ...own }) => extremesRow(scenario, own, cell))}
        </tbody>
      </table>
    </div>
  `;
}

function extremesRow(
  scenario: ScenarioPart,
  { what, ends, unranked }: Extremes,
  cell: (one: Ranked) => Markup,
): Markup {
  const name = html`<th scope="row"><a href=${`#${scenario.slug}`}>${scenario.name}</a></th>`;
  const operation = html`<td>${what}${unranked !== '' && html`<p class="small">${unranked}</p>`}</td>`;
  if (!ends) return html`<tr>${name}${operation}<td class="muted">nobody</td><td></td><td></td><td></td><td></td></tr>`;
  const { fastest, slowest } = ends;
  if (fastest === slowest) {
    return html`<tr>${name}${operation}${cell(fastest)}<td class="muted">the only one</td><td></td><td></td></tr>`;
  }
  const ratio = slowest.medianMs / fastest.medianMs;
  return html`<tr>
    ${name} ${operation}
    ${cell(fastest)} ${cell(slowest)}
    <td class="number" data-value=${ratio}>${times(ratio)}${ratioInterval(scenario, fastest, slowest)}</td>
  </tr>`;
}

function scatterOf(
  { samples }: OperationPart,
  { p50Ci95, minMs, maxMs }: NonNullable<OperationPart['latency']>,
  ms: (value: number) => string,
): string {
  if (p50Ci95) return interval(p50Ci95);
  return samples === 1 ? 'a single sample' : `${formatMs(minMs)} to ${ms(maxMs)}`;
}

/** A wait of a smaller share of the latency explains nothing. */
const WORTH_SAYING = 0.02;

function waitsOf({ phases, latency }: OperationPart, ms: (value: number) => string): string {
  const least = WORTH_SAYING * (latency?.okP50Ms ?? 0);
  const waits = phases.filter(({ kind, durationMs }) => kind === 'fixed-wait' && durationMs >= least);
  const waitMs = waits.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (waits.length === 0) return '';
  return `; ${ms(waitMs)} of it is ${list(waits.map(({ name }) => name))}`;
}

/**
 * The interval of the ratio, where one of the two is the reference that the other has been compared with. Of any other two
 * the farthest that the ends of their medians' intervals are apart, which is wider than an interval of the ratio would be.
 */
function ratioInterval({ reference }: ScenarioPart, fastest: Ranked, slowest: Ranked): string {
  const ofSlowest = fastest.variant.name === reference ? slowest.operation.ratioCi95 : undefined;
  const ofFastest = slowest.variant.name === reference ? fastest.operation.ratioCi95 : undefined;
  if (ofSlowest) return ` (95 % CI ${bound(ofSlowest.low)} to ${bound(ofSlowest.high)})`;
  if (ofFastest && ofFastest.low > 0) return ` (95 % CI ${bound(1 / ofFastest.high)} to ${bound(1 / ofFastest.low)})`;
  const [low, high] = [fastest.latency.p50Ci95, slowest.latency.p50Ci95];
  if (!low || !high || low.low <= 0) return '';
  return ` (${bound(high.low / low.high)} to ${bound(high.high / low.low)} by both 95 % CIs)`;
}

function bound(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : String(Number(ratio.toPrecision(3)));
}
