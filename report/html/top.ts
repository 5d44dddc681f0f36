import type { ReportModel } from '../model/report-model.ts';
import { count } from '../words.ts';
import { extremes } from './extremes.ts';
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
      ${model.runs.map((run) => hostLine(run))}
    </section>
    ${isSuite && warnings}
    <section id="fastest" aria-label="Fastest and slowest">
      ${extremes(model.scenarios)}
    </section>
    ${!isSuite && warnings}
  `;
}

/** Beside the verdict, since that may rest on it. */
function hostLine({ label, noise }: ReportModel['runs'][number]): Markup {
  if (noise.length === 0) return null;
  return html`<p>${label === '' ? 'The host' : `The host of ${label}`} was not quiet: ${noise.join('; ')}.</p>`;
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

/** How many samples a report is about, for its title. */
export function extent(model: ReportModel): string {
  const variants = model.scenarios.reduce((sum, scenario) => sum + scenario.variants.length, 0);
  const samples = model.scenarios.reduce((sum, scenario) => sum + scenario.samples.length, 0);
  return `${count(variants, 'variant')}, ${count(samples, 'sample')}`;
}
