import type { OperationName } from '../../harness/timeline/recording.ts';
import { type Measured, measuredVariants } from '../charts/latency.ts';
import { rowLabel } from '../charts/rows.ts';
import { count, interval, list, ms, times } from '../charts/words.ts';
import type { OperationPart, ReportModel, ScenarioPart } from '../model/report-model.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';
import { verdictOf } from './verdict.ts';
import { type Warning, warningsOf } from './warnings.ts';

/** What a reader sees first: whether anything got worse, who is fastest, and what to know before believing it. */
export function top(model: ReportModel): Markup {
  const { tone, headline, detail } = verdictOf(model);
  const warnings = warningBanner(warningsOf(model));
  // The table of a suite is long: what comes behind it is overlooked.
  const isSuite = model.scenarios.length > 1;
  return html`
    <section id="verdict" class=${`verdict ${tone}`} aria-label="Verdict">
      <p class="headline">${headline}</p>
      ${detail && html`<p>${detail}</p>`}
    </section>
    ${isSuite && warnings}
    <section id="fastest" aria-label="Fastest and slowest">
      ${isSuite ? extremesTable(model.scenarios) : model.scenarios.map(extremes)}
    </section>
    ${!isSuite && warnings}
  `;
}

function warningBanner(warnings: readonly Warning[]): Markup {
  if (warnings.length === 0) return null;
  const more = warnings.slice(MAX_WARNINGS);
  return html`
    <section id="warnings" class="warnings" aria-labelledby="warnings-title">
      <h2 id="warnings-title">Before you believe these figures</h2>
      ${warningList(warnings.slice(0, MAX_WARNINGS))}
      ${
        more.length > 0 &&
        html`<details>
          <summary>and ${more.length} more</summary>
          ${warningList(more)}
        </details>`
      }
    </section>
  `;
}

/** The gravest come first; a banner that is as long as the page is overlooked. */
const MAX_WARNINGS = 6;

function warningList(warnings: readonly Warning[]): Markup {
  return html`<ul>
    ${warnings.map(
      ({ text, about, link }) => html`<li>
        ${about && html`<strong>${about}:</strong>`} ${link ? html`<a href=${link}>${text}</a>` : text}
      </li>`,
    )}
  </ul>`;
}

function extremes(scenario: ScenarioPart): Markup {
  const cards = extremesOf(scenario, ['plug', 'unplug', 'boot']).map((ends) => card(scenario, ends));
  if (cards.length === 0) return null;
  return html`<div class="cards">${cards}</div>`;
}

function card(scenario: ScenarioPart, { what, fastest, slowest }: Extremes): Markup {
  const width = (value: number) => Math.max(0.6, (value / slowest.latency.p50Ms) * 100).toFixed(1);
  const line = ({ variant, row, latency, operation: part }: Measured, word: string) => html`
    <div class="extreme">
      <span class="word">${word}</span>
      <span class="who">${glyph(variant)} <a href=${`#${variant.slug}`}>${row}</a></span>
      <span class="figure">${ms(latency.p50Ms)}</span>
      <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" fill="var(--grid)" />
        <rect width=${width(latency.p50Ms)} height="4" fill="var(--ink)" />
      </svg>
      <span class="small">
        ${scatterOf(part, latency)}${waitsOf(part)}
      </span>
    </div>
  `;
  return html`
    <div class="card">
      <h3>${what}</h3>
      ${line(fastest, fastest === slowest ? 'median' : 'fastest')}
      ${fastest !== slowest && line(slowest, 'slowest')}
      ${
        fastest !== slowest &&
        html`<p class="ratio">
          <strong>${times(slowest.latency.p50Ms / fastest.latency.p50Ms)}</strong> as long${ratioInterval(scenario, fastest, slowest)}
        </p>`
      }
    </div>
  `;
}

/** The fastest and the slowest to do one thing, by the median. */
interface Extremes {
  /** The operation, with its device where there are several. */
  readonly what: string;
  readonly fastest: Measured;
  readonly slowest: Measured;
}

/** Of each operation, and of each device apart: a network card that is slower than a disk says nothing of a machine. */
function extremesOf(scenario: ScenarioPart, operations: readonly OperationName[]): readonly Extremes[] {
  return operations.flatMap((operation) => {
    const measured = measuredVariants(scenario, operation);
    const devices = [...new Set(measured.map((one) => one.operation.deviceId))];
    return devices.flatMap((deviceId) => {
      const sorted = measured
        .filter((one) => one.operation.deviceId === deviceId)
        .map((one) => ({ ...one, row: rowLabel(one.variant, { ...one.operation, deviceId: '' }) }))
        .toSorted((a, b) => a.latency.p50Ms - b.latency.p50Ms);
      const [fastest] = sorted;
      const slowest = sorted.at(-1);
      return fastest && slowest ? [{ what: `${operation} ${deviceId}`.trim(), fastest, slowest }] : [];
    });
  });
}

/** Of several scenarios a line each: their machines are not to be compared with each other's. */
function extremesTable(scenarios: readonly ScenarioPart[]): Markup {
  const rows = scenarios.flatMap((scenario) =>
    extremesOf(scenario, ['plug', 'unplug']).map((ends) => ({ scenario, ...ends })),
  );
  const cell = ({ variant, row, latency }: Measured) => html`
    <td>${glyph(variant)} <a href=${`#${variant.slug}`}>${row}</a></td>
    <td class="number" data-value=${latency.p50Ms}>${ms(latency.p50Ms)}</td>
  `;
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Fastest and slowest of each scenario">
      <table class="sortable">
        <caption>Fastest and slowest machine of each scenario, by the median</caption>
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
          ${rows.map(({ scenario, what, fastest, slowest }) => {
            const ratio = slowest.latency.p50Ms / fastest.latency.p50Ms;
            return html`<tr>
              <th scope="row"><a href=${`#${scenario.slug}`}>${scenario.name}</a></th>
              <td>${what}</td>
              ${cell(fastest)} ${cell(slowest)}
              <td class="number" data-value=${ratio}>
                ${times(ratio)}${ratioInterval(scenario, fastest, slowest)}
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  `;
}

function scatterOf(
  { samples }: OperationPart,
  { p50Ci95, minMs, maxMs }: NonNullable<OperationPart['latency']>,
): string {
  if (p50Ci95) return interval(p50Ci95);
  return samples === 1 ? 'a single sample' : `${ms(minMs)} to ${ms(maxMs)}`;
}

/** A wait of a smaller share of the latency explains nothing. */
const WORTH_SAYING = 0.02;

function waitsOf({ phases, latency }: OperationPart): string {
  const waits = phases.filter(({ kind }) => kind === 'fixed-wait');
  const waitMs = waits.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (!latency || waits.length === 0 || waitMs < WORTH_SAYING * latency.p50Ms) return '';
  return `; ${ms(waitMs)} of it is ${list(waits.map(({ name }) => name))}`;
}

/** The interval of the ratio, where one of the two is the reference that the other has been compared with. */
function ratioInterval({ reference }: ScenarioPart, fastest: Measured, slowest: Measured): string {
  const ofSlowest = fastest.variant.name === reference ? slowest.operation.ratioCi95 : undefined;
  const ofFastest = slowest.variant.name === reference ? fastest.operation.ratioCi95 : undefined;
  if (ofSlowest) return ` (95 % CI ${bound(ofSlowest.low)} to ${bound(ofSlowest.high)})`;
  if (ofFastest && ofFastest.low > 0) return ` (95 % CI ${bound(1 / ofFastest.high)} to ${bound(1 / ofFastest.low)})`;
  return '';
}

function bound(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : String(Number(ratio.toPrecision(3)));
}

/** How many samples a report is about, for its title. */
export function extent(model: ReportModel): string {
  const variants = model.scenarios.reduce((sum, scenario) => sum + scenario.variants.length, 0);
  const samples = model.scenarios.reduce((sum, scenario) => sum + scenario.samples.length, 0);
  return `${count(variants, 'variant')}, ${count(samples, 'sample')}`;
}
