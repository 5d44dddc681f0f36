import { quantileText } from '../format.ts';
import type { VariantPart } from '../model/report-model.ts';
import type { Timeline } from '../model/timeline.ts';
import { msOf, unitOf } from '../words.ts';
import { figure } from './figure.ts';
import { fileLink } from './files.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';
import type { ShownSample } from './single-samples.ts';
import { treeDrawing } from './tree.ts';

/** Everything about one machine: its conditions, its slots, single samples in detail, and its boots' files. */
export function variantSection(variant: VariantPart, shown: ReadonlyMap<Timeline, ShownSample>): Markup {
  const { slug, label, topology, operations, conditions, leftOut, timelines, clock } = variant;
  const medians = operations.flatMap(({ operation, latency, censored }) =>
    latency ? [`${operation} ${quantileText(latency.p50Ms, censored)} ${unitOf(clock)}`] : [],
  );
  return html`
    <details class="variant" id=${slug}>
      <summary>
        ${glyph(variant)} <strong>${label}</strong>${' '}
        <span class="muted">${[topology, ...medians].join(' · ')}</span>
      </summary>
      <div class="beside">
        <dl>
          ${conditions.map(([what, value]) => html`<dt>${what}</dt><dd>${value}</dd>`)}
          ${leftOut.map((text) => html`<dt>left out</dt><dd class="bad">${text}</dd>`)}
        </dl>
        ${treeDrawing(variant)}
      </div>
      ${lossList(variant)}
      ${timelines.map((timeline) => html`${singleSample(timeline, shown.get(timeline), variant)}`)}
      ${bootList(variant)}
    </details>
  `;
}

/** What was lost in which boot; the samples that it touches have it in `samples.csv`. */
function lossList({ boots }: VariantPart): Markup {
  const losses = boots.flatMap(({ boot, losses: own }) => own.map((loss) => ({ boot, ...loss })));
  if (losses.length === 0) return null;
  return html`
    <ul class="notes">
      ${losses.map(
        ({ boot, kind, meaning, count, details }) => html`<li>
          <strong>boot ${boot}: ${kind} (${count}):</strong> ${meaning}. ${details.join('; ')}
        </li>`,
      )}
    </ul>
  `;
}

function singleSample(timeline: Timeline, shown: ShownSample | undefined, variant: VariantPart): Markup {
  const { operation, order, boot } = timeline.sample;
  const name = `${operation} no. ${order}`;
  const { isHome, label, boots, clock } = variant;
  const recording = boots.find((one) => one.boot === boot)?.recording;
  const where = recording ? html`: ${fileLink(recording, isHome)} has it` : '';
  if (!shown) {
    return html`<p class="rows">
      The ${timeline.which} ${operation}, no. ${order} in boot ${boot} with ${msOf(clock)(timeline.latencyMs)}, is left out here${where}.
    </p>`;
  }
  return html`
    ${figure(shown.figure, isHome)}
    ${
      shown.lines === undefined
        ? html`<p class="rows">The ${timeline.events.length} lines of ${name} are left out here${where}.</p>`
        : html`<details class="events">
            <summary>Every line of it: ${label}, ${name}</summary>
            <pre tabindex="0">${shown.lines}</pre>
          </details>`
    }
  `;
}

/** Files of the boots that are shown above; those of all others are beside them. */
function bootList({ boots, isHome, label, timelines, clock }: VariantPart): Markup {
  const shown = boots.filter(({ boot }) => timelines.some(({ sample }) => sample.boot === boot));
  if (shown.length === 0) return null;
  return html`
    <details class="events">
      <summary>Files of these boots of ${label}</summary>
      <ul class="boots">
        ${shown.map(
          ({ boot, logs, recording, clockUncertaintyMs }) => html`<li>
            boot ${boot}: ${logs && fileLink(`${logs}/qemu.sh`, isHome, 'qemu.sh')}
            ${' '}${logs && fileLink(`${logs}/console.log`, isHome, 'console.log')}
            ${' '}${logs && fileLink(`${logs}/qmp.jsonl`, isHome, 'qmp.jsonl')}
            ${' '}${recording && fileLink(recording, isHome, 'recording')}
            ${clockUncertaintyMs !== undefined && html`<span class="muted"> clocks within ${msOf(clock)(clockUncertaintyMs)}</span>`}
          </li>`,
        )}
      </ul>
    </details>
  `;
}
