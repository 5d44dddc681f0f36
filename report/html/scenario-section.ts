import type { Chart } from '../charts/chart.ts';
import { clockParts } from '../model/clock-parts.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import type { Timeline } from '../model/timeline.ts';
import { count } from '../words.ts';
import { clientTable } from './client-table.ts';
import { failureSection } from './failures.ts';
import { type DrawnFigure, figure } from './figure.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';
import { phaseDetails } from './phase-table.ts';
import type { ShownSample } from './single-samples.ts';
import { summaryTable } from './summary-table.ts';
import { topologyTable } from './topology-table.ts';
import { variantSection } from './variant-section.ts';
import { VERSIONS_ANCHOR, VERSIONS_HEADING, versionSection } from './version-section.ts';
import { notesOf } from './warnings.ts';
import { waysSection } from './ways-section.ts';

/** A scenario's charts, by what they tell. */
export interface ScenarioFigures {
  readonly groups: readonly {
    readonly heading: string;
    readonly intro: string;
    readonly figures: readonly DrawnFigure[];
  }[];
}

export function scenarioSection(
  scenario: ScenarioPart,
  { groups }: ScenarioFigures,
  singleSamples: ReadonlyMap<Timeline, ShownSample>,
  isOneOfMany: boolean,
): Markup {
  const { slug, name, question, source, variants } = scenario;
  const parts = clockParts(scenario);
  const isHome = variants.every((variant) => variant.isHome);
  return html`
    <section id=${slug} class="scenario" data-scenario=${slug} aria-labelledby=${`${slug}-title`}>
      <h2 id=${`${slug}-title`}><a href=${`#${slug}`}>${name}</a></h2>
      ${question && html`<p class="question">${question}</p>`}
      ${isOneOfMany && contents(scenario, groups)}
      ${failureSection(scenario)}
      ${virtualTime(scenario)}
      ${versionSection(scenario)}
      ${parts.map(summaryTable)}
      ${notes(scenario)}
      ${groups.map(
        (group, index) => html`
        ${index === 0 && legend(scenario)}
        <section id=${`${slug}-${anchorOf(group.heading)}`} aria-label=${`${name}: ${group.heading}`}>
          <h3>${group.heading}</h3>
          ${group.intro && html`<p class="intro">${group.intro}</p>`}
          ${kindKey(group.figures.map(({ chart }) => chart))}
          ${group.figures.map((drawn) => figure(drawn, isHome))}
          ${group.figures.some(({ chart }) => isWaterfall(chart)) && parts.map((part) => part.operations.map((operation) => phaseDetails(part, operation)))}
        </section>
      `,
      )}
      <section id=${`${slug}-topologies`} aria-label=${`${name}: topologies`}>
        <h3>Which topology?</h3>
        ${waysSection(scenario.ways)}
        ${parts.map(topologyTable)}
        ${clientTable(scenario.clientViews)}
      </section>
      <section id=${`${slug}-variants`} aria-label=${`${name}: variants`}>
        <h3>Each machine in detail</h3>
        <p class="intro">The machine, its hot-plug slots, and its median and worst sample with every line that QEMU, the guest's kernel and the agent wrote.${leftOut(scenario, singleSamples)}</p>
        ${variants.map((variant) => variantSection(variant, singleSamples))}
      </section>
      <details id=${`${slug}-source`} class="source">
        <summary>The scenario file, ${name}</summary>
        <pre tabindex="0"><code>${source}</code></pre>
      </details>
    </section>
  `;
}

/** The way through a scenario, and back, on a page of many. */
function contents({ slug, name, versions }: ScenarioPart, groups: ScenarioFigures['groups']): Markup {
  const link = (anchor: string, text: string) => html`<li><a href=${`#${anchor}`}>${text}</a></li>`;
  return html`
    <nav class="sections" aria-label=${`Contents of ${name}`}>
      <ul>
        ${versions.length > 0 && link(`${slug}-${VERSIONS_ANCHOR}`, VERSIONS_HEADING)}
        ${groups.map(({ heading }) => link(`${slug}-${anchorOf(heading)}`, heading))}
        ${link(`${slug}-topologies`, 'Which topology?')} ${link(`${slug}-variants`, 'Each machine in detail')}
        ${link(`${slug}-source`, 'Scenario file')} ${link('fastest', '↑ All scenarios')}
      </ul>
    </nav>
  `;
}

/** What its figures are, where they are not the host's time. */
function virtualTime({ slug, variants }: ScenarioPart): Markup {
  if (!variants.some(({ clock }) => clock === 'virtual')) return null;
  return html`
    <p id=${`${slug}-virtual-time`} class="clock">
      <strong>Virtual time</strong> is the guest's own clock: its instructions, 2 ns each, and its waits, through which a
      guest that has nothing to do leaps. Caches, memory, exits to the hypervisor, and what QEMU's devices and the host do
      are not in it, nor what QEMU does after the guest has let go of a device. It repeats on any host and tells whether the
      guest's way to a usable device has become longer, not how long a user waits: it is never to be compared with real
      time.
    </p>
  `;
}

function notes(scenario: ScenarioPart): Markup {
  const texts = notesOf(scenario);
  if (texts.length === 0) return null;
  return html`
    <details class="events">
      <summary>What these figures lack: ${count(texts.length, 'note')}</summary>
      <ul class="notes">
        ${texts.map(({ text, about }) => html`<li>${about && html`<strong>${about}:</strong> `}${text}</li>`)}
      </ul>
    </details>
  `;
}

/** How many single samples the page has no room for; each says for itself where it is to be found. */
function leftOut({ variants }: ScenarioPart, singleSamples: ReadonlyMap<Timeline, ShownSample>): string {
  const all = variants.flatMap(({ timelines }) => timelines);
  const drawn = all.filter((timeline) => singleSamples.has(timeline)).length;
  const listed = all.filter((timeline) => singleSamples.get(timeline)?.lines !== undefined).length;
  if (listed === all.length) return '';
  return (
    ` To keep the page readable, ${drawn} of these ${all.length} samples are drawn and the lines of ${listed} are listed, ` +
    'those of the slowest and the fastest machines first. The recordings have all.'
  );
}

export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Names of all variants with their colours; where scripts run, each can be hidden in all charts. */
function legend({ variants, name }: ScenarioPart): Markup {
  return html`
    <fieldset class="legend">
      <legend>Variants in the charts of ${name}</legend>
      ${variants.map(
        (variant) => html`<label>
          <input type="checkbox" class="needs-js" checked value=${variant.label} />
          ${glyph(variant)} ${variant.label}
        </label>`,
      )}
    </fieldset>
  `;
}

function isWaterfall({ files }: Chart): boolean {
  return files.includes('phases.csv');
}

function kindKey(charts: readonly Chart[]): Markup {
  if (!charts.some(isWaterfall)) return null;
  const swatch = (fill: string) => html`<svg class="swatch" width="26" height="12" aria-hidden="true">
    <rect width="26" height="12" rx="2" fill=${fill} />
  </svg>`;
  return html`
    <p class="key">
      <span>${swatch('url(#fixed-wait)')} fixed wait in a guest driver</span>
      <span>${swatch('var(--guest)')} work in the guest</span>
      <span>${swatch('var(--host)')} QEMU and the harness</span>
    </p>
  `;
}
