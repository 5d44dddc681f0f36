import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { ReportModel } from '../model/report-model.ts';
import type { Timeline } from '../model/timeline.ts';
import { choiceSection } from './choice-section.ts';
import { comparisonSection } from './comparison-section.ts';
import { environmentSection } from './environment.ts';
import type { DrawnFigure } from './figure.ts';
import { glyphSymbols } from './glyph.ts';
import { historySection } from './history-section.ts';
import { html, type Markup } from './markup.ts';
import { anchorOf, type ScenarioFigures, scenarioSection } from './scenario-section.ts';
import { contentSecurityPolicy } from './security.ts';
import type { ShownSample } from './single-samples.ts';
import { extent, top } from './top.ts';
import { VERSIONS_ANCHOR, VERSIONS_HEADING } from './version-section.ts';

/** Everything that is drawn or packed before the page is put together. */
export interface PageParts {
  readonly figures: ReadonlyMap<string, ScenarioFigures>;
  readonly singleSamples: ReadonlyMap<Timeline, ShownSample>;
  readonly history: readonly DrawnFigure[];
  /** What the script needs, packed: safe inside a script element. */
  readonly data: string;
  readonly script: string;
  readonly style: string;
}

/** The whole page as one text. */
export function page(model: ReportModel, { figures, singleSamples, history, data, script, style }: PageParts): string {
  const name = nameOf(model);
  const title = `${name} · hotplug-bench`;
  const empty: ScenarioFigures = { groups: [] };
  const body = html`
    <a class="skip" href="#content">Skip to the figures</a>
    <header class="masthead">
      <div>
        <p class="brand">hotplug-bench</p>
        <h1>${name}</h1>
        <p class="muted">${extent(model)} · ${model.runs.map(runLine).join(' · ')}</p>
      </div>
      ${contents(model, figures)}
    </header>
    <main id="content">
      ${top(model)}
      ${comparisonSection(model.comparisons, model.scenarios)}
      ${choiceSection(model.decisions)}
      ${model.scenarios.map((scenario) => scenarioSection(scenario, figures.get(scenario.slug) ?? empty, singleSamples, model.scenarios.length > 1))}
      ${historySection(model.history, history)}
      ${environmentSection(model)}
    </main>
    ${patterns()}
    <div id="tooltip" role="status" hidden></div>
  `;
  const policy = contentSecurityPolicy({ script, style });
  // Control characters are made visible in one place, behind everything that could put one on the page.
  const rendered = textOnly(render(html`<body>${body}</body>` as VNode));
  const scripts = `<script type="application/gzip" id="page-data">${data}</script><script>${script}</script>`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    textOnly(render(html`<title>${title}</title>` as VNode)),
    `<style>${style}</style>`,
    '</head>',
    rendered.replace(/<\/body>$/, () => `${scripts}</body>`),
    '</html>',
    '',
  ].join('\n');
}

/** Scenarios that a heading names. */
const MAX_NAMED = 3;

function nameOf({ scenarios }: ReportModel): string {
  if (scenarios.length > MAX_NAMED) return `${scenarios.length} scenarios`;
  return scenarios.map(({ name }) => name).join(', ') || 'Empty run';
}

function runLine({ runId, startedAt, status }: ReportModel['runs'][number]): string {
  return `${runId}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC${status === 'complete' ? '' : `, ${status}`}`;
}

function contents(model: ReportModel, figures: PageParts['figures']): Markup {
  const link = (target: string, text: string) => html`<li><a href=${`#${target}`}>${text}</a></li>`;
  return html`
    <nav aria-label="Contents">
      <ul>
        ${model.comparisons.length > 0 && link('comparison', 'Comparison')}
        ${model.decisions.length > 0 && link('choice', 'Which machine?')}
        ${model.scenarios.map(
          ({ slug, name, versions }) => html`
          ${model.scenarios.length > 1 && link(slug, name)}
          ${
            model.scenarios.length === 1 &&
            html`${versions.length > 0 && link(`${slug}-${VERSIONS_ANCHOR}`, VERSIONS_HEADING)}
            ${(figures.get(slug)?.groups ?? []).map(({ heading }) => link(`${slug}-${anchorOf(heading)}`, heading))}
            ${link(`${slug}-topologies`, 'Which topology?')} ${link(`${slug}-variants`, 'Each machine in detail')}`
          }
        `,
        )}
        ${model.history && link('history', 'History')} ${link('environment', 'Environment')}
      </ul>
    </nav>
  `;
}

/** The hatching of fixed waits and the shapes of variants, which the rest of the page refers to. */
function patterns(): Markup {
  return html`
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="fixed-wait" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill="var(--wait)" />
          <rect width="2.5" height="7" fill="var(--wait-stripe)" />
        </pattern>
        ${glyphSymbols()}
      </defs>
    </svg>
  `;
}

/**
 * Characters that do not show, or that change how others show: controls but tab and line feed, marks of text direction
 * (UAX #9), other line ends, and halves of surrogate pairs. In logs of guests they are terminal control sequences.
 */
const INVISIBLE = /(?![\t\n])\p{Cc}|[\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]|\p{Bidi_Control}|\ufeff/gu;

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;

/** The same text with the Unicode picture of each control character in its place, ␛ for ESC, and � for all others. */
export function textOnly(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    return code === DELETE ? '\u2421' : '\ufffd';
  });
}
